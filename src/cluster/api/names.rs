//! What names and labels may look like, and what is said of those that do not
//! (`apimachinery/pkg/util/validation/validation.go`, `apimachinery/pkg/api/validate/content`).

const LABEL: &str = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const LABEL_1035: &str = "[a-z]([-a-z0-9]*[a-z0-9])?";
const KEY: &str = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";

fn too_long(most: usize, unit: &str) -> String {
    format!("must be no more than {most} {unit}")
}

/// `… (e.g. 'my-name',  or '123-abc', regex used for validation is '…')`.
fn mismatch(message: &str, examples: &[&str], regex: &str) -> String {
    let shown: Vec<String> = examples.iter().map(|one| format!("'{one}', ")).collect();
    format!(
        "{message} (e.g. {}regex used for validation is '{regex}')",
        shown.join(" or ")
    )
}

fn is_lower(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit()
}

fn is_label(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.first().is_some_and(|byte| is_lower(*byte))
        && bytes.last().is_some_and(|byte| is_lower(*byte))
        && bytes.iter().all(|byte| is_lower(*byte) || *byte == b'-')
}

/// What is wrong with a name of one part: a container's, a namespace's.
pub fn dns1123_label(text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    if text.len() > 63 {
        wrong.push(too_long(63, "characters"));
    }
    if !is_label(text) {
        if text.contains('.') && text.split('.').all(is_label) {
            wrong.push("must not contain dots".to_owned());
        } else {
            wrong.push(mismatch(
                "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
                &["my-name", "123-abc"],
                LABEL,
            ));
        }
    }
    wrong
}

/// What is wrong with a name of parts between dots: a Pod's, a Node's.
pub fn dns1123_subdomain(text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    if text.len() > 253 {
        wrong.push(too_long(253, "characters"));
    }
    if !text.split('.').all(is_label) {
        wrong.push(mismatch(
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
            &["example.com"],
            &format!("{LABEL}(\\.{LABEL})*"),
        ));
    }
    wrong
}

/// What is wrong with a name that must begin with a letter: a Service's.
pub fn dns1035_label(text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    if text.len() > 63 {
        wrong.push(too_long(63, "characters"));
    }
    if !is_label(text) || !text.starts_with(|first: char| first.is_ascii_lowercase()) {
        wrong.push(mismatch(
            "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
            &["my-name", "abc-123"],
            LABEL_1035,
        ));
    }
    wrong
}

fn is_key_part(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.first().is_some_and(u8::is_ascii_alphanumeric)
        && bytes.last().is_some_and(u8::is_ascii_alphanumeric)
        && bytes
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte))
}

const KEY_MESSAGE: &str = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const KEY_EXAMPLES: [&str; 3] = ["MyName", "my.name", "123-abc"];

/// What is wrong with a label's key: `app`, `example.com/app`.
pub fn label_key(text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut parts = text.split('/');
    let name = match (parts.next(), parts.next(), parts.next()) {
        (Some(name), None, _) => name,
        (Some(prefix), Some(name), None) => {
            if prefix.is_empty() {
                wrong.push("prefix part must be non-empty".to_owned());
            } else {
                let each = dns1123_subdomain(prefix).into_iter();
                wrong.extend(each.map(|one| {
                    let one = one.replace(" characters", " bytes");
                    format!("prefix part {one}")
                }));
            }
            name
        }
        _ => {
            wrong.push(format!(
                "a valid label key {} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')",
                mismatch(KEY_MESSAGE, &KEY_EXAMPLES, KEY)
            ));
            return wrong;
        }
    };
    if name.is_empty() {
        wrong.push("name part must be non-empty".to_owned());
    } else if name.len() > 63 {
        wrong.push(format!("name part {}", too_long(63, "bytes")));
    }
    if !is_key_part(name) {
        wrong.push(format!(
            "name part {}",
            mismatch(KEY_MESSAGE, &KEY_EXAMPLES, KEY)
        ));
    }
    wrong
}

/// What is wrong with a label's value.
pub fn label_value(text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    if text.len() > 63 {
        wrong.push(too_long(63, "bytes"));
    }
    if !text.is_empty() && !is_key_part(text) {
        wrong.push(mismatch(
            &format!(
                "a valid label must be an empty string or consist of {}",
                KEY_MESSAGE.trim_start_matches("must consist of ")
            ),
            &["MyValue", "my_value", "12345"],
            &format!("({KEY})?"),
        ));
    }
    wrong
}

/// What is wrong with a port's number.
pub fn port_number(number: i64) -> Option<&'static str> {
    (!(1..=65_535).contains(&number)).then_some("must be between 1 and 65535, inclusive")
}

/// What is wrong with the name of a container's port.
pub fn port_name(text: &str) -> Vec<&'static str> {
    let mut wrong = Vec::new();
    if text.len() > 15 {
        wrong.push("must be no more than 15 characters");
    }
    if !text.bytes().all(|byte| is_lower(byte) || byte == b'-') || text.is_empty() {
        wrong.push("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
    }
    if !text.bytes().any(|byte| byte.is_ascii_lowercase()) {
        wrong.push("must contain at least one letter (a-z)");
    }
    if text.contains("--") {
        wrong.push("must not contain consecutive hyphens");
    }
    if text.starts_with('-') || text.ends_with('-') {
        wrong.push("must not begin or end with a hyphen");
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Facts of `apimachinery/pkg/util/validation/validation_test.go`.
    #[test]
    fn names_good_and_bad() {
        for good in [
            "a",
            "ab",
            "abc",
            "a1",
            "a-1",
            "a--1--2--b",
            "0",
            "01",
            "1-1",
            "1--1",
        ] {
            assert!(dns1123_label(good).is_empty(), "{good}");
        }
        for bad in [
            "", "A", "ABC", "aBc", "-", "a-", "-a", "1-", "_", "a_b", "a.b", "a b",
        ] {
            assert!(!dns1123_label(bad).is_empty(), "{bad}");
        }
        for good in ["a", "a.b.c", "0.a", "foo-bar.baz"] {
            assert!(dns1123_subdomain(good).is_empty(), "{good}");
        }
        for bad in ["", "a..b", ".a", "a.", "A.b", "a_b.c", "a.-b"] {
            assert!(!dns1123_subdomain(bad).is_empty(), "{bad}");
        }
        for bad in ["0", "1a", "-a", "a-", "a.b", "A"] {
            assert!(!dns1035_label(bad).is_empty(), "{bad}");
        }
        for good in [
            "simple",
            "now-with-dashes",
            "1-starts-with-num",
            "1234",
            "simple/simple",
            "example.com/x_y",
        ] {
            assert!(label_key(good).is_empty(), "{good}");
        }
        for bad in [
            "nospecialchars%^=@",
            "cantendwithadash-",
            "/x",
            "a/b/c",
            "x/",
            "",
        ] {
            assert!(!label_key(bad).is_empty(), "{bad}");
        }
        for good in ["", "simple", "a.b_c-d", "1"] {
            assert!(label_value(good).is_empty(), "{good}");
        }
        for bad in ["-a", "a-", "a b", "a/b"] {
            assert!(!label_value(bad).is_empty(), "{bad}");
        }
        for good in ["telnet", "re-mail-ck", "pop3", "a-1"] {
            assert!(port_name(good).is_empty(), "{good}");
        }
        for bad in [
            "longerthan15characters",
            "",
            "12345",
            "1-2-3-4",
            "-begin",
            "end-",
            "two--hyphens",
            "1-1",
            "under_score",
        ] {
            assert!(!port_name(bad).is_empty(), "{bad}");
        }
    }
}
