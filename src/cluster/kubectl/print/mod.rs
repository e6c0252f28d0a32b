//! How objects are shown: as rows of a table, as YAML or JSON, or by name. Look first at [`Format`] and
//! [`Columns`]. Knows objects and the time, nothing else.

mod binding;
mod node;
mod pod;
mod rows;
mod service;
#[cfg(test)]
mod tests;

use serde_json::{Value, json};

use super::{command::Invocation, failure::Failure, yaml};
use crate::cluster::{
    Timestamp,
    api::{Labels, Object, Resource},
};

pub(super) use self::{node::roles as node_roles, rows::selector_text, service::shortened};

/// What `-o` asks for.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Format {
    Table {
        wide: bool,
    },
    Yaml,
    Json,
    Name,
    /// Header and JSONPath, each.
    Custom(Vec<(String, String)>),
    JsonPath(String),
}

impl Format {
    /// Reads `-o`; without it, a table.
    pub(super) fn of(invocation: &Invocation) -> Result<Format, Failure> {
        let Some(output) = invocation.text("output") else {
            return Ok(Format::Table { wide: false });
        };
        if let Some(columns) = output.strip_prefix("custom-columns=") {
            let columns: Option<Vec<_>> = columns
                .split(',')
                .map(|column| {
                    let (header, path) = column.split_once(':')?;
                    Some((header.to_owned(), path.to_owned()))
                })
                .collect();
            return columns.map(Format::Custom).ok_or_else(|| {
                Failure::error(format!(
                    "unexpected custom-columns spec: {output}, expected <header>:<json-path-expr>"
                ))
            });
        }
        if let Some(path) = output.strip_prefix("jsonpath=") {
            return Ok(Format::JsonPath(path.to_owned()));
        }
        Ok(match output {
            "" => Format::Table { wide: false },
            "wide" => Format::Table { wide: true },
            "yaml" => Format::Yaml,
            "json" => Format::Json,
            "name" => Format::Name,
            other => {
                return Err(Failure::error(format!(
                    "unable to match a printer suitable for the output format \"{other}\", allowed formats are: custom-columns,custom-columns-file,go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,name,template,templatefile,wide,yaml"
                )));
            }
        })
    }

    /// One object as a watch's next, or as the only one.
    pub(super) fn stream(&self, object: &Object) -> String {
        match self {
            Format::Yaml => format!("---\n{}", yaml::write(&object.to_json())),
            format => format.single(&object.to_json(), object.resource()),
        }
    }

    /// One object.
    pub(super) fn single(&self, json: &Value, resource: Resource) -> String {
        match self {
            Format::Yaml => yaml::write(json),
            Format::Json => json_text(json),
            Format::Name => format!("{}\n", named(resource, json)),
            Format::JsonPath(path) => json_path(json, path),
            Format::Custom(columns) => {
                let cells: Vec<String> = columns.iter().map(|(_, path)| cell(json, path)).collect();
                cells.join("\t") + "\n"
            }
            Format::Table { .. } => String::new(),
        }
    }

    /// Several objects, or none, as a list.
    pub(super) fn several(&self, objects: &[Object]) -> String {
        let list = || {
            let items: Vec<Value> = objects.iter().map(Object::to_json).collect();
            json!({"apiVersion": "v1", "items": items, "kind": "List", "metadata": {"resourceVersion": ""}})
        };
        match self {
            Format::Yaml => yaml::write(&list()),
            Format::Json => json_text(&list()),
            Format::JsonPath(path) => json_path(&list(), path),
            _ => objects
                .iter()
                .map(|object| self.single(&object.to_json(), object.resource()))
                .collect(),
        }
    }

    /// The header of custom columns.
    pub(super) fn custom_header(columns: &[(String, String)]) -> String {
        let headers: Vec<&str> = columns.iter().map(|(header, _)| header.as_str()).collect();
        headers.join("\t") + "\n"
    }
}

/// `pod/web`, `deployment.apps/web`.
pub(super) fn name_of(resource: Resource, name: &str) -> String {
    let kind = resource.kind().to_ascii_lowercase();
    match resource.group() {
        "" => format!("{kind}/{name}"),
        group => format!("{kind}.{group}/{name}"),
    }
}

fn named(resource: Resource, json: &Value) -> String {
    let name = json.pointer("/metadata/name").and_then(Value::as_str);
    name_of(resource, name.unwrap_or_default())
}

/// Four blanks a level, as Go indents.
fn json_text(json: &Value) -> String {
    let mut text = Vec::new();
    let indent = serde_json::ser::PrettyFormatter::with_indent(b"    ");
    let mut writer = serde_json::Serializer::with_formatter(&mut text, indent);
    if serde::Serialize::serialize(json, &mut writer).is_err() {
        return String::new();
    }
    let text = String::from_utf8(text).unwrap_or_default();
    text + "\n"
}

/// The values at a path of plain steps: `.items[*].metadata.name`, `.spec.ports[0].port`.
fn values<'v>(json: &'v Value, path: &str) -> Vec<&'v Value> {
    let path = path.trim_matches(['{', '}']);
    let mut found = vec![json];
    for step in path.split('.').filter(|step| !step.is_empty()) {
        let (field, index) = match step.split_once('[') {
            Some((field, index)) => (field, Some(index.trim_end_matches(']'))),
            None => (step, None),
        };
        if !field.is_empty() {
            found = found
                .into_iter()
                .filter_map(|json| json.get(field))
                .collect();
        }
        found = match index {
            None => found,
            Some("*") => found
                .into_iter()
                .filter_map(Value::as_array)
                .flatten()
                .collect(),
            Some(index) => {
                let index = index.parse::<usize>().ok();
                let item = |json: &'v Value| json.get(index?);
                found.into_iter().filter_map(item).collect()
            }
        };
    }
    found
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn cell(json: &Value, path: &str) -> String {
    let cells: Vec<String> = values(json, path).into_iter().map(shown).collect();
    if cells.is_empty() {
        "<none>".to_owned()
    } else {
        cells.join(",")
    }
}

/// A template of text and `{…}` paths.
fn json_path(json: &Value, template: &str) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let (path, after) = after.split_once('}').unwrap_or((after, ""));
        if let Some(text) = path
            .strip_prefix('"')
            .and_then(|path| path.strip_suffix('"'))
        {
            out.push_str(&text.replace("\\n", "\n").replace("\\t", "\t"));
        } else {
            let found: Vec<String> = values(json, path).into_iter().map(shown).collect();
            out.push_str(&found.join(" "));
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// How objects of one type are shown in a table.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Columns {
    pub(super) resource: Resource,
    pub(super) wide: bool,
    /// `-A`: the namespace comes first.
    pub(super) with_namespace: bool,
    /// Several types are shown: names carry their type.
    pub(super) with_kind: bool,
    /// `--show-labels`.
    pub(super) with_labels: bool,
    /// `-L`: these labels, each in a column.
    pub(super) label_columns: Vec<String>,
}

impl Columns {
    /// The header, its cells parted by tabs.
    pub(super) fn header(&self) -> String {
        let mut cells: Vec<String> = Vec::new();
        if self.with_namespace && self.resource.is_namespaced() {
            cells.push("NAMESPACE".to_owned());
        }
        let names = rows::columns(self.resource, self.wide).iter();
        cells.extend(names.map(|name| (*name).to_owned()));
        for label in &self.label_columns {
            let short = label.rsplit('/').next().unwrap_or(label);
            cells.push(short.to_ascii_uppercase());
        }
        if self.with_labels {
            cells.push("LABELS".to_owned());
        }
        cells.join("\t") + "\n"
    }

    /// An object's row, its cells parted by tabs.
    pub(super) fn row(&self, object: &Object, now: Timestamp) -> String {
        let meta = object.metadata();
        let mut cells = Vec::new();
        if self.with_namespace && self.resource.is_namespaced() {
            cells.push(meta.namespace.to_string());
        }
        let mut own = rows::cells(object, self.wide, now);
        if let (true, Some(first), false) = (
            self.with_kind,
            own.first_mut(),
            self.resource == Resource::Events,
        ) {
            *first = name_of(self.resource, first);
        }
        cells.extend(own.into_iter().map(one_line));
        for label in &self.label_columns {
            cells.push(meta.labels.get(label).unwrap_or("").to_owned());
        }
        if self.with_labels {
            cells.push(labels_text(&meta.labels));
        }
        cells.join("\t") + "\n"
    }
}

/// A table's cell may not break its row (`cli-runtime/pkg/printers/tableprinter.go`, printRows).
fn one_line(cell: String) -> String {
    match cell.find(['\n', '\r', '\u{c}']) {
        Some(end) => format!("{}...", &cell[..end]),
        None => cell,
    }
}

/// `app=web,tier=front`; `<none>` if there are none.
pub(super) fn labels_text(labels: &Labels) -> String {
    let mut pairs: Vec<String> = Vec::new();
    for (key, value) in labels.iter() {
        pairs.push(format!("{key}={value}"));
    }
    or_none(pairs.join(","))
}

/// The text, or `<none>` in its place.
pub(super) fn or_none(text: impl Into<String>) -> String {
    let text = text.into();
    if text.is_empty() {
        "<none>".to_owned()
    } else {
        text
    }
}
