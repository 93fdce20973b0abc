//! What a form sent.

use vault::Password;

/// The fields of a form in the order they were sent, and its files.
#[derive(Default)]
pub struct Fields {
    pairs: Vec<(String, String)>,
    files: Vec<(String, Vec<u8>)>,
}

impl Fields {
    /// From what was sent; `files` are `(field, content)`.
    pub fn new(pairs: Vec<(String, String)>, files: Vec<(String, Vec<u8>)>) -> Self {
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

    /// Takes the content of an uploaded file; empty when none was sent.
    pub fn take_file(&mut self, name: &str) -> Vec<u8> {
        let at = self.files.iter().position(|(key, _)| key == name);
        at.map_or_else(Vec::new, |at| self.files.swap_remove(at).1)
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
        let sent = [("name", "a b"), ("password", "secret"), ("region", "eu"), ("region", "us"), ("ok", "on")];
        let pairs = sent.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        let mut fields = Fields::new(pairs, vec![("file".to_owned(), vec![1, 2])]);
        assert_eq!(fields.text("name"), "a b");
        assert_eq!(fields.text("nothing"), "");
        assert_eq!(fields.all("region"), ["eu", "us"]);
        assert!(fields.ticked("ok"));
        assert_eq!(fields.take_secret("password").expose(), "secret");
        assert_eq!(fields.get("password"), None);
        assert_eq!(fields.take_file("file"), [1, 2]);
        assert!(fields.take_file("file").is_empty());
    }
}
