//! What a form sent.

use domain::{Code, Refusal};
use vault::Password;

/// A file of a form.
#[derive(Default, PartialEq, Eq)]
pub struct SentFile {
    /// The name it has on the sender's machine, without a path; empty when no file was chosen.
    pub name: String,
    /// What the browser takes it for.
    pub media_type: String,
    pub content: Vec<u8>,
}

/// The fields of a form in the order they were sent, and its files.
#[derive(Default)]
pub struct Fields {
    pairs: Vec<(String, String)>,
    files: Vec<(String, SentFile)>,
}

impl Fields {
    /// From what was sent; `files` are `(field, file)`.
    pub fn new(pairs: Vec<(String, String)>, files: Vec<(String, SentFile)>) -> Self {
        Self { pairs, files }
    }

    /// The field's value; empty when it was not sent.
    pub fn text(&self, name: &str) -> String {
        self.get(name).unwrap_or_default().to_owned()
    }

    /// The field's value, if it was sent.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Every value of a field that may be sent several times.
    pub fn all(&self, name: &str) -> Vec<String> {
        self.pairs.iter().filter(|(key, _)| key == name).map(|(_, value)| value.clone()).collect()
    }

    /// Whether a check box was ticked.
    pub fn ticked(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Takes a secret out of the fields: it is never sent back.
    pub fn take_secret(&mut self, name: &str) -> Password {
        let at = self.pairs.iter().position(|(key, _)| key == name);
        Password::new(at.map_or_else(String::new, |at| self.pairs.swap_remove(at).1))
    }

    /// Takes a new password, typed twice the same (PP-061).
    ///
    /// # Errors
    /// `PasswordMismatch`, at the second field.
    pub fn take_twice(&mut self, first: &str, second: &str) -> Result<Password, Refusal> {
        let (password, again) = (self.take_secret(first), self.take_secret(second));
        if password.matches(&again) {
            return Ok(password);
        }
        let text = "The two passwords differ. Type the same one twice.";
        Err(Refusal::field(Code::PasswordMismatch, second, text))
    }

    /// Takes an uploaded file; none when no file was chosen.
    pub fn take_file(&mut self, name: &str) -> Option<SentFile> {
        let at = self.files.iter().position(|(key, _)| key == name)?;
        let (_, file) = self.files.swap_remove(at);
        Some(file).filter(|file| !file.name.is_empty() || !file.content.is_empty())
    }

    /// Replaces what will be shown again, for forms whose rows were renumbered.
    pub fn replace(&mut self, pairs: Vec<(String, String)>) {
        self.pairs = pairs;
    }

    /// The fields, to be shown again.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.pairs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_and_secrets_taken_out() {
        let sent =
            [("name", "a b"), ("password", "secret"), ("region", "eu"), ("region", "us"), ("ok", "on")];
        let pairs = sent.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        let file = SentFile { name: "a.pfx".to_owned(), media_type: String::new(), content: vec![1, 2] };
        let files = vec![("file".to_owned(), file), ("none".to_owned(), SentFile::default())];
        let mut fields = Fields::new(pairs, files);
        assert_eq!(fields.text("name"), "a b");
        assert_eq!(fields.text("nothing"), "");
        assert_eq!(fields.all("region"), ["eu", "us"]);
        assert!(fields.ticked("ok"));
        assert_eq!(fields.take_secret("password").expose(), "secret");
        assert_eq!(fields.get("password"), None);
        assert_eq!(fields.take_file("file").map(|file| file.content), Some(vec![1, 2]));
        assert!(fields.take_file("file").is_none());
        assert!(fields.take_file("none").is_none(), "no file was chosen");
    }
}
