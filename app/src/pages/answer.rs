//! A page's data on its way, whatever its type: so that what carries it is compiled only once.

use super::PageData;
use crate::error::UiError;
use std::{any::Any, fmt, str::FromStr, sync::Arc};

/// What a page got: data or an error. In the document it is one text: `=` (or `~` while something
/// runs) and the data as JSON, or `!` and the error as JSON.
#[derive(Clone)]
pub(super) struct Answer(Result<Data, UiError>);

#[derive(Clone)]
struct Data {
    running: bool,
    from: From,
}

/// Where the value comes from.
#[derive(Clone)]
enum From {
    /// The document: the browser reads what the server wrote.
    Text(Arc<str>),
    /// A server function, on either side.
    Value(Arc<Value>),
}

struct Value {
    value: Box<dyn Any + Send + Sync>,
    /// For the document, which only the server writes.
    #[cfg(feature = "ssr")]
    text: String,
}

impl Answer {
    /// What a server function answered.
    pub(super) fn new<T: PageData>(answer: Result<T, UiError>) -> Self {
        Self(answer.map(|data| Data { running: data.running(), from: from(data) }))
    }

    /// Whether the page follows something that runs.
    pub(super) fn running(&self) -> bool {
        self.0.as_ref().is_ok_and(|data| data.running)
    }

    /// The data of the page it was made for.
    pub(super) fn into_data<T: PageData>(self) -> Result<T, UiError> {
        let found = match self.0?.from {
            From::Value(found) => found.value.downcast_ref::<T>().cloned(),
            // From a slice, as server functions read: one reader of each type, not two.
            From::Text(text) => serde_json::from_slice(text.as_bytes()).ok(),
        };
        found.ok_or_else(UiError::not_understood)
    }
}

impl From {
    fn text(&self) -> Result<&str, fmt::Error> {
        match self {
            From::Text(text) => Ok(text),
            #[cfg(feature = "ssr")]
            From::Value(found) => Ok(&found.text),
            // The browser writes no documents.
            #[cfg(not(feature = "ssr"))]
            From::Value(_) => Err(fmt::Error),
        }
    }
}

fn from<T: PageData>(data: T) -> From {
    From::Value(Arc::new(Value {
        // A type that cannot be written is a defect that every visit of its page shows.
        #[cfg(feature = "ssr")]
        text: serde_json::to_string(&data).unwrap_or_default(),
        value: Box::new(data),
    }))
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Ok(Data { running, from }) => {
                write!(f, "{}{}", if *running { '~' } else { '=' }, from.text()?)
            }
            Err(error) => write!(f, "!{}", serde_json::to_string(error).map_err(|_| fmt::Error)?),
        }
    }
}

impl FromStr for Answer {
    type Err = UiError;

    fn from_str(text: &str) -> Result<Self, UiError> {
        let data = |text: &str, running| Self(Ok(Data { running, from: From::Text(text.into()) }));
        if let Some(text) = text.strip_prefix('=') {
            Ok(data(text, false))
        } else if let Some(text) = text.strip_prefix('~') {
            Ok(data(text, true))
        } else {
            let error = text.strip_prefix('!').and_then(|text| serde_json::from_slice(text.as_bytes()).ok());
            error.map(|error| Self(Err(error))).ok_or_else(UiError::not_understood)
        }
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::error::ErrorKind;
    use serde::{Deserialize, Serialize};

    #[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
    struct Job {
        done: bool,
    }

    impl PageData for Job {
        fn title(&self) -> String {
            String::new()
        }

        fn running(&self) -> bool {
            !self.done
        }
    }

    fn through_the_document(answer: Result<Job, UiError>) -> Answer {
        Answer::new(answer).to_string().parse().expect("what was written can be read")
    }

    #[test]
    fn data_and_errors_come_through_the_document() {
        let answer = through_the_document(Ok(Job { done: false }));
        assert!(answer.running());
        assert_eq!(answer.into_data(), Ok(Job { done: false }));
        assert!(!through_the_document(Ok(Job { done: true })).running());
        let error = UiError::new(ErrorKind::Forbidden, "No.");
        let answer = through_the_document(Err(error.clone()));
        assert!(!answer.running());
        assert_eq!(answer.into_data::<Job>(), Err(error));
        assert!("?".parse::<Answer>().is_err());
    }
}
