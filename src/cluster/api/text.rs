use std::{
    borrow::Borrow,
    cell::RefCell,
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    ops::Deref,
    rc::Rc,
};

use rustc_hash::FxHashMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Text that is shared rather than copied. Many fields of many objects are empty: that takes no memory of
/// its own. Nor does a cluster's text leave the thread the cluster lives in, so sharing it is all but free.
#[derive(Clone, Default)]
pub struct Str(Option<Rc<str>>);

impl Str {
    /// A word of the program's own, of which all that say it share one copy.
    pub(crate) fn word(word: &'static str) -> Str {
        type Place = (*const u8, usize);
        thread_local! {
            static WORDS: RefCell<FxHashMap<Place, Str>> = RefCell::default();
        }
        // The program's text never moves, so where it stands says what it is.
        let place = (word.as_ptr(), word.len());
        WORDS.with_borrow_mut(|words| words.entry(place).or_insert_with(|| word.into()).clone())
    }

    /// Whether both are one and the same text in memory.
    fn is(&self, other: &Str) -> bool {
        match (&self.0, &other.0) {
            (Some(one), Some(other)) => Rc::ptr_eq(one, other),
            (one, other) => one.is_none() && other.is_none(),
        }
    }
}

impl Deref for Str {
    type Target = str;

    fn deref(&self) -> &str {
        self.0.as_deref().unwrap_or_default()
    }
}

impl AsRef<str> for Str {
    fn as_ref(&self) -> &str {
        self
    }
}

impl Borrow<str> for Str {
    fn borrow(&self) -> &str {
        self
    }
}

impl From<&str> for Str {
    fn from(text: &str) -> Str {
        Str((!text.is_empty()).then(|| text.into()))
    }
}

impl From<String> for Str {
    fn from(text: String) -> Str {
        text.as_str().into()
    }
}

impl From<&String> for Str {
    fn from(text: &String) -> Str {
        text.as_str().into()
    }
}

impl From<&Str> for Str {
    fn from(text: &Str) -> Str {
        text.clone()
    }
}

impl PartialEq for Str {
    fn eq(&self, other: &Str) -> bool {
        self.is(other) || **self == **other
    }
}

impl Eq for Str {}

impl PartialOrd for Str {
    fn partial_cmp(&self, other: &Str) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Str {
    fn cmp(&self, other: &Str) -> Ordering {
        if self.is(other) {
            return Ordering::Equal;
        }
        (**self).cmp(&**other)
    }
}

impl Hash for Str {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

impl fmt::Debug for Str {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl fmt::Display for Str {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self)
    }
}

impl Serialize for Str {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self)
    }
}

impl<'de> Deserialize<'de> for Str {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Str, D::Error> {
        String::deserialize(from).map(Str::from)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn text_is_what_it_says_wherever_it_stands() {
        let (one, other) = (Str::from("web"), Str::from(String::from("web")));
        assert!(one == other && !one.is(&other) && one.is(&one.clone()));
        assert_eq!(one.cmp(&Str::from("wec")), Ordering::Less);
        assert_eq!(Str::from(""), Str::default());
        assert!(Str::default() < one);
        let found = BTreeMap::from([(one, 1), (Str::default(), 2)]);
        assert_eq!((found.get("web"), found.get("")), (Some(&1), Some(&2)));
        assert!(Str::word("Normal").is(&Str::word("Normal")));
        assert_eq!(
            format!("{:>4}|{:?}", other, Str::word("a\n")),
            " web|\"a\\n\""
        );
    }
}
