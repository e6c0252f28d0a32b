use serde_json::Value;

use super::{Files, failure::Failure, resolve};
use crate::cluster::api::{Resource, Str};

/// An object as a person wrote it, and where.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Manifest {
    /// The file's name.
    pub(super) source: String,
    pub(super) resource: Resource,
    pub(super) namespace: Str,
    pub(super) name: Str,
    pub(super) json: Value,
}

/// Reads the files named with `-f`. What one document has wrong does not keep others from being used;
/// text that is no YAML ends its file.
///
/// `namespace` is the command's; `named`, whether `-n` said so
/// (`cli-runtime/pkg/resource/visitor.go`).
pub(super) fn read(
    names: &[String],
    files: &Files,
    (namespace, named): (&Str, bool),
) -> Result<Vec<Result<Manifest, Failure>>, Failure> {
    let mut texts = Vec::new();
    let mut missing = Vec::new();
    for name in names {
        match find(name, files) {
            Ok(text) => texts.push((name, text)),
            Err(failure) => missing.push(failure),
        }
    }
    if let Some(failure) = Failure::all(missing) {
        return Err(failure);
    }
    let mut found = Vec::new();
    for (source, text) in texts {
        for document in documents(text) {
            let json = match parse(document) {
                Ok(Value::Null) => continue,
                Ok(json) => json,
                Err(why) => {
                    found.push(Err(Failure::error(format!(
                        "error parsing {source}: {why}"
                    ))));
                    break;
                }
            };
            let valid = validate(source, &json);
            if let Err(failure) = valid {
                found.push(Err(failure));
                break;
            }
            for item in flattened(json) {
                found.push(manifest(source, item, (namespace, named)));
            }
        }
    }
    Ok(found)
}

fn find<'f>(name: &str, files: &'f Files) -> Result<&'f str, Failure> {
    if name == "-" {
        return Err(Failure::error(
            "there is no standard input here: name a file",
        ));
    }
    if name.starts_with("http://") || name.starts_with("https://") {
        return Err(Failure::error(format!(
            "unable to read URL \"{name}\": this cluster reaches no network but its own"
        )));
    }
    let bare = name.strip_prefix("./").unwrap_or(name);
    let text = files.get(name).or_else(|| files.get(bare));
    text.map(String::as_str)
        .ok_or_else(|| Failure::error(format!("the path \"{name}\" does not exist")))
}

/// The documents of a file: lines that begin with `---` part them
/// (`apimachinery/pkg/util/yaml/decoder.go`).
fn documents(text: &str) -> Vec<&str> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut found = Vec::new();
    let (mut from, mut at) = (0, 0);
    for line in text.split_inclusive('\n') {
        let end = at + line.len();
        if line.starts_with("---") && line[3..].trim().is_empty() {
            found.push(&text[from..at]);
            from = end;
        }
        at = end;
    }
    found.push(&text[from..]);
    found.retain(|document| !document.trim().is_empty());
    found
}

/// One document, JSON or YAML.
fn parse(document: &str) -> Result<Value, String> {
    let json_error = if document.trim_start().starts_with('{') {
        match serde_json::from_str(document) {
            Ok(value) => return Ok(value),
            Err(error) => Some(error),
        }
    } else {
        None
    };
    match (
        serde_norway::from_str(&resolve::as_yaml_1_2(document)),
        json_error,
    ) {
        (Ok(value), _) => resolve::merged(value)
            .map_err(|why| format!("error converting YAML to JSON: yaml: {why}")),
        (Err(_), Some(error)) => Err(format!("json: line {}: {}", error.line(), bare(&error))),
        (Err(error), None) => Err(format!(
            "error converting YAML to JSON: {}",
            go_yaml(&error.to_string())
        )),
    }
}

fn bare(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rsplit_once(" at line ") {
        Some((message, _)) => message.to_owned(),
        None => text,
    }
}

/// libyaml's complaint as go-yaml words it: the same problem, with a line counted in go-yaml's way
/// (`go.yaml.in/yaml/v2`, decode.go, fail): a scanner's error names the line of its context, counted from
/// one; a parser's error the same, counted from zero.
fn go_yaml(text: &str) -> String {
    let (problem, context) = match text.split_once(", while ") {
        Some((problem, context)) => (problem, Some(context)),
        None => (text, None),
    };
    let (problem, place) = match problem.rsplit_once(" at line ") {
        Some((problem, place)) => (problem, line(place)),
        None => (problem, 0),
    };
    let by_scanner = context.map_or(
        problem.contains("not allowed in this context") || problem.contains("tab character"),
        |context| context.starts_with("scanning"),
    );
    let context_place = context
        .and_then(|context| context.rsplit_once(" at line "))
        .map_or(place, |(_, place)| line(place));
    let counted_from_zero = if context_place > 1 {
        context_place - 1
    } else {
        place.saturating_sub(1)
    };
    if counted_from_zero == 0 {
        return format!("yaml: {problem}");
    }
    format!(
        "yaml: line {}: {problem}",
        counted_from_zero + usize::from(by_scanner)
    )
}

fn line(place: &str) -> usize {
    let digits: String = place.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(0)
}

/// What kubectl itself still checks, now that the server validates
/// (`kubectl/pkg/validation/schema.go`, getObjectKind).
fn validate(source: &str, json: &Value) -> Result<(), Failure> {
    let invalid = |why: &str| {
        Failure::error(format!(
            "error validating \"{source}\": error validating data: {why}; if you choose to ignore these errors, turn validation off with --validate=false"
        ))
    };
    let Value::Object(fields) = json else {
        return Err(invalid("invalid object to validate"));
    };
    let lacking: Vec<String> = ["apiVersion", "kind"]
        .into_iter()
        .filter_map(|field| match fields.get(field) {
            None | Some(Value::Null) => Some(format!("{field} not set")),
            Some(Value::String(_)) => None,
            Some(_) => Some(format!("{field} isn't string type")),
        })
        .collect();
    match lacking.as_slice() {
        [] => Ok(()),
        [one] => Err(invalid(one)),
        several => Err(invalid(&format!("[{}]", several.join(", ")))),
    }
}

/// The items of a List, or the object itself.
fn flattened(json: Value) -> Vec<Value> {
    let kind = json.get("kind").and_then(Value::as_str).unwrap_or_default();
    if kind.ends_with("List") && json.get("items").is_some_and(Value::is_array) {
        let Value::Object(mut fields) = json else {
            return Vec::new();
        };
        return match fields.remove("items") {
            Some(Value::Array(items)) => items.into_iter().flat_map(flattened).collect(),
            _ => Vec::new(),
        };
    }
    vec![json]
}

fn manifest(
    source: &str,
    mut json: Value,
    (namespace, named): (&Str, bool),
) -> Result<Manifest, Failure> {
    let text = |path: &str| {
        json.pointer(path)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let (api_version, kind) = (text("/apiVersion").to_owned(), text("/kind").to_owned());
    let name: Str = text("/metadata/name").into();
    let own = text("/metadata/namespace").to_owned();
    if kind.is_empty() {
        let shown = serde_json::to_string(&json).unwrap_or_default();
        return Err(Failure::error(format!(
            "unable to decode \"{source}\": Object 'Kind' is missing in '{shown}'"
        )));
    }
    let Some(resource) = Resource::of_kind(&api_version, &kind) else {
        return Err(Failure::error(format!(
            "resource mapping not found for name: \"{name}\" namespace: \"{own}\" from \"{source}\": no matches for kind \"{kind}\" in version \"{api_version}\"\nensure CRDs are installed first"
        )));
    };
    if !resource.is_namespaced() {
        return Ok(Manifest {
            source: source.to_owned(),
            resource,
            namespace: Str::default(),
            name,
            json,
        });
    }
    if named && !own.is_empty() && *own != **namespace {
        return Err(Failure::error(format!(
            "the namespace from the provided object \"{own}\" does not match the namespace \"{namespace}\". You must pass '--namespace={own}' to perform this operation."
        )));
    }
    let namespace = if own.is_empty() {
        namespace.clone()
    } else {
        own.into()
    };
    if let Some(fields) = json.as_object_mut() {
        let metadata = fields
            .entry("metadata")
            .or_insert_with(|| Value::Object(serde_json::Map::new()));
        if let Some(metadata) = metadata.as_object_mut() {
            metadata.insert("namespace".to_owned(), (*namespace).into());
        }
    }
    Ok(Manifest {
        source: source.to_owned(),
        resource,
        namespace,
        name,
        json,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<Result<String, String>> {
        let files = Files::new([("x.yaml".to_owned(), text.to_owned())].into());
        let found = read(&["x.yaml".into()], &files, (&"default".into(), false));
        found
            .unwrap()
            .into_iter()
            .map(|found| match found {
                Ok(manifest) => Ok(format!("{}/{}", manifest.resource, manifest.name)),
                Err(failure) => Err(failure.text()),
            })
            .collect()
    }

    /// `cli-runtime/pkg/resource/visitor.go`: several documents, lists, comments and empty documents.
    #[test]
    fn manifests_may_stand_together() {
        let text = "# a comment\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: a}\n---\n---\napiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Service, metadata: {name: b}}\n- {apiVersion: apps/v1, kind: Deployment, metadata: {name: c}}\n";
        let expected = ["pods/a", "services/b", "deployments/c"];
        assert_eq!(told(text), expected.map(|one| Ok(one.to_owned())));
        let json = r#"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"}}"#;
        assert_eq!(told(json), [Ok("pods/a".to_owned())]);
    }

    /// kubectl's own messages (`cli-runtime/pkg/resource/mapper.go`, `kubectl/pkg/validation/schema.go`),
    /// and go-yaml's.
    #[test]
    fn manifests_that_are_wrong_get_kubectls_messages() {
        for (text, message) in [
            (
                "metadata: {name: a}\n",
                "error: error validating \"x.yaml\": error validating data: [apiVersion not set, kind not set]; if you choose to ignore these errors, turn validation off with --validate=false\n",
            ),
            (
                "apiVersion: v1\nmetadata: {name: a}\n",
                "error: error validating \"x.yaml\": error validating data: kind not set; if you choose to ignore these errors, turn validation off with --validate=false\n",
            ),
            (
                "apiVersion: v1\nkind: Pods\nmetadata: {name: a}\n",
                "error: resource mapping not found for name: \"a\" namespace: \"\" from \"x.yaml\": no matches for kind \"Pods\" in version \"v1\"\nensure CRDs are installed first\n",
            ),
            (
                "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  labels: x: y\n",
                "error: error parsing x.yaml: error converting YAML to JSON: yaml: line 5: mapping values are not allowed in this context\n",
            ),
            (
                "apiVersion: v1\nkind: Pod\nmetadata:\n\tname: a\n",
                "error: error parsing x.yaml: error converting YAML to JSON: yaml: line 4: found character that cannot start any token\n",
            ),
            (
                "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n namespace: b\n",
                "error: error parsing x.yaml: error converting YAML to JSON: yaml: line 4: did not find expected key\n",
            ),
        ] {
            assert_eq!(told(text), [Err(message.to_owned())], "{text}");
        }
        let missing = read(
            &["y.yaml".into()],
            &Files::default(),
            (&"default".into(), false),
        );
        assert_eq!(
            missing.unwrap_err().text(),
            "error: the path \"y.yaml\" does not exist\n"
        );
    }
}
