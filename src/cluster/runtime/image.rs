use std::{cell::RefCell, fmt, rc::Rc};

use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};

use crate::cluster::api::Str;

/// An image's full name: registry, repository, tag or digest. Short names mean Docker Hub
/// (`distribution/reference`, ParseNormalizedNamed).
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct ImageName {
    pub(crate) registry: String,
    pub(crate) repository: String,
    pub(crate) tag: String,
    pub(crate) digest: String,
}

/// A name that was read, and how it is written in full.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct FullName {
    pub(crate) name: ImageName,
    pub(crate) text: Str,
}

/// How many names are remembered.
const REMEMBERED: usize = 64;

/// Why a text names no image, in the words of `distribution/reference`.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub(crate) enum ImageError {
    #[error("invalid reference format")]
    Format,
    #[error("invalid reference format: repository name ({0}) must be lowercase")]
    Uppercase(String),
}

impl ImageName {
    /// Reads a name as it stands in a Pod; without tag and digest, `latest` is meant.
    pub(crate) fn parse(text: &str) -> Result<ImageName, ImageError> {
        let (name, digest) = text.split_once('@').unwrap_or((text, ""));
        let slash = name.rfind('/').map_or(0, |at| at + 1);
        let colon = name.get(slash..).and_then(|last| last.find(':'));
        let (name, tag) = match colon {
            Some(at) => {
                let (name, tag) = name.split_at(slash + at);
                (name, tag.trim_start_matches(':'))
            }
            None => (name, if digest.is_empty() { "latest" } else { "" }),
        };
        if (colon.is_some() && tag.is_empty()) || !is_tag(tag) || !is_digest(digest) {
            return Err(ImageError::Format);
        }
        let (registry, path) = match name.split_once('/') {
            Some((first, rest)) if is_registry(first) => (first, rest.to_owned()),
            Some(_) => ("docker.io", name.to_owned()),
            None => ("docker.io", format!("library/{name}")),
        };
        if path.chars().any(|c| c.is_ascii_uppercase()) {
            return Err(ImageError::Uppercase(path));
        }
        if !path.split('/').all(is_component) {
            return Err(ImageError::Format);
        }
        Ok(ImageName {
            registry: registry.to_owned(),
            repository: path,
            tag: tag.to_owned(),
            digest: digest.to_owned(),
        })
    }

    /// The same, remembered: a cluster runs few images, and asks for each again and again.
    pub(crate) fn in_full(text: &str) -> Result<Rc<FullName>, ImageError> {
        thread_local! {
            static READ: RefCell<FxHashMap<Box<str>, Rc<FullName>>> = RefCell::default();
        }
        READ.with_borrow_mut(|read| {
            if let Some(known) = read.get(text) {
                return Ok(known.clone());
            }
            let name = ImageName::parse(text)?;
            let text_in_full = name.to_string().into();
            let full = Rc::new(FullName {
                name,
                text: text_in_full,
            });
            if read.len() >= REMEMBERED {
                read.clear();
            }
            read.insert(text.into(), full.clone());
            Ok(full)
        })
    }

    /// `sha256:…` of the image this name means: made from the name, so always the same.
    pub(crate) fn content(&self) -> String {
        if !self.digest.is_empty() {
            return self.digest.clone();
        }
        let hash = Sha256::digest(self.to_string());
        let digits = hash.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        let hex = digits.filter_map(|digit| char::from_digit(u32::from(digit), 16));
        "sha256:".chars().chain(hex).collect()
    }

    /// `docker.io/library/nginx@sha256:…`: what a container's imageID says.
    pub(crate) fn id(&self) -> String {
        format!("{}/{}@{}", self.registry, self.repository, self.content())
    }
}

/// In full: `docker.io/library/nginx:latest`.
impl fmt::Display for ImageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.registry, self.repository)?;
        if !self.tag.is_empty() {
            write!(f, ":{}", self.tag)?;
        }
        if !self.digest.is_empty() {
            write!(f, "@{}", self.digest)?;
        }
        Ok(())
    }
}

fn is_registry(first: &str) -> bool {
    let named = first.contains(['.', ':']) || first == "localhost";
    named
        && first
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || ".-:".contains(c))
}

/// Letters and digits, with single separators between them.
fn is_component(part: &str) -> bool {
    let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    edge(part.chars().next())
        && edge(part.chars().last())
        && !part.contains("..")
        && !part.contains("___")
        && part
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c))
}

fn is_tag(tag: &str) -> bool {
    tag.len() <= 128
        && !tag.starts_with(['.', '-'])
        && tag
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
}

fn is_digest(digest: &str) -> bool {
    digest.is_empty()
        || digest.strip_prefix("sha256:").is_some_and(|hex| {
            hex.len() == 64
                && hex
                    .chars()
                    .all(|c| c.is_ascii_hexdigit() && !c.is_ascii_uppercase())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `distribution/reference`, normalize_test.go.
    #[test]
    fn image_names_are_written_out_in_full() {
        for (short, full) in [
            ("nginx", "docker.io/library/nginx:latest"),
            ("nginx:1.27", "docker.io/library/nginx:1.27"),
            ("bitnami/redis:7.2", "docker.io/bitnami/redis:7.2"),
            (
                "registry.k8s.io/pause:3.10.1",
                "registry.k8s.io/pause:3.10.1",
            ),
            ("localhost:5000/app", "localhost:5000/app:latest"),
        ] {
            assert_eq!(ImageName::parse(short).unwrap().to_string(), full);
        }
        for (bad, error) in [
            ("nginx:", "invalid reference format"),
            ("nginx: latest", "invalid reference format"),
            ("", "invalid reference format"),
            (
                "Nginx",
                "invalid reference format: repository name (library/Nginx) must be lowercase",
            ),
            ("nginx@sha256:12", "invalid reference format"),
        ] {
            assert_eq!(
                ImageName::parse(bad).unwrap_err().to_string(),
                error,
                "{bad}"
            );
        }
    }
}
