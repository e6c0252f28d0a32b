//! The fields of Kubernetes' types, by name: what a manifest may say, and how its lists are merged. From
//! `api/openapi-spec/swagger.json`; the table is `schema.txt`, whose head says how it is laid out.

use std::{fmt, sync::OnceLock};

use rustc_hash::FxHashMap;
use serde_json::{Map, Value};

use super::{Quantity, Resource};

/// A type's name and fields.
#[derive(Clone, PartialEq, Debug)]
pub struct TypeSchema {
    /// `PodSpec`.
    pub name: &'static str,
    fields: Vec<FieldSchema>,
}

/// A field of a type.
#[derive(Clone, PartialEq, Debug)]
pub struct FieldSchema {
    /// `terminationGracePeriodSeconds`.
    pub name: &'static str,
    /// Whether the API's description calls it required.
    pub required: bool,
    /// Whether a strategic merge patch keeps only the keys it names.
    pub retain_keys: bool,
    /// What may stand in it.
    pub of: FieldType,
}

/// What may stand in a field.
#[derive(Clone, PartialEq, Debug)]
#[allow(missing_docs)] // each is named as in Go or JSON
pub enum FieldType {
    Text,
    Int32,
    Int64,
    Number,
    Bool,
    Quantity,
    Time,
    MicroTime,
    IntOrString,
    Bytes,
    Anything,
    Map(Box<FieldType>),
    List {
        item: Box<FieldType>,
        /// The key by which a strategic merge patch tells items apart; empty: by the whole item.
        merge_key: Option<&'static str>,
    },
    Object(&'static str),
}

/// Why a manifest is none of the objects it says it is.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
pub enum DecodeError {
    /// Fields no such type has, by path.
    #[error("strict decoding error: {}", unknown(.0))]
    Unknown(Vec<String>),
    /// A value of the wrong type, as Go's JSON decoder says it.
    #[error("{0}")]
    Mismatch(String),
}

fn unknown(paths: &[String]) -> String {
    let each: Vec<String> = paths
        .iter()
        .map(|path| format!("unknown field \"{path}\""))
        .collect();
    each.join(", ")
}

const TABLE: &str = include_str!("schema.txt");

fn table() -> &'static FxHashMap<&'static str, TypeSchema> {
    static TYPES: OnceLock<FxHashMap<&'static str, TypeSchema>> = OnceLock::new();
    TYPES.get_or_init(|| {
        TABLE
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| {
                let mut words = line.split(' ');
                let name = words.next()?;
                let fields = words.filter_map(field).collect();
                Some((name, TypeSchema { name, fields }))
            })
            .collect()
    })
}

fn field(word: &'static str) -> Option<FieldSchema> {
    let (name, of) = word.split_once(':')?;
    let of_kept = of.strip_suffix('&');
    let required = name.strip_suffix('!');
    Some(FieldSchema {
        name: required.unwrap_or(name),
        required: required.is_some(),
        retain_keys: of_kept.is_some(),
        of: field_type(of_kept.unwrap_or(of)),
    })
}

fn field_type(code: &'static str) -> FieldType {
    if let Some(rest) = code.strip_prefix('[') {
        let (item, merge_key) = match rest.split_once('@') {
            Some((item, key)) => (item, Some(key)),
            None => (rest, None),
        };
        return FieldType::List {
            item: Box::new(field_type(item)),
            merge_key,
        };
    }
    if let Some(rest) = code.strip_prefix('{') {
        return FieldType::Map(Box::new(field_type(rest)));
    }
    match code {
        "s" => FieldType::Text,
        "i" => FieldType::Int32,
        "l" => FieldType::Int64,
        "n" => FieldType::Number,
        "b" => FieldType::Bool,
        "q" => FieldType::Quantity,
        "t" => FieldType::Time,
        "u" => FieldType::MicroTime,
        "x" => FieldType::IntOrString,
        "y" => FieldType::Bytes,
        "r" => FieldType::Anything,
        name => FieldType::Object(name),
    }
}

/// The type of this name.
pub fn type_named(name: &str) -> Option<&'static TypeSchema> {
    table().get(name)
}

/// The type of a resource's objects.
pub fn type_of(resource: Resource) -> Option<&'static TypeSchema> {
    type_named(resource.kind())
}

impl TypeSchema {
    /// The field of this name.
    pub fn field(&self, name: &str) -> Option<&FieldSchema> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// All fields, in the order of their names.
    pub fn fields(&self) -> &[FieldSchema] {
        &self.fields
    }
}

/// Go's name for the type, as its JSON decoder prints it.
impl fmt::Display for FieldType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FieldType::Text => f.write_str("string"),
            FieldType::Int32 => f.write_str("int32"),
            FieldType::Int64 => f.write_str("int64"),
            FieldType::Number => f.write_str("float64"),
            FieldType::Bool => f.write_str("bool"),
            FieldType::Quantity => f.write_str("resource.Quantity"),
            FieldType::Time => f.write_str("v1.Time"),
            FieldType::MicroTime => f.write_str("v1.MicroTime"),
            FieldType::IntOrString => f.write_str("intstr.IntOrString"),
            FieldType::Bytes => f.write_str("[]uint8"),
            FieldType::Anything => f.write_str("interface {}"),
            FieldType::Map(value) => write!(f, "map[string]{value}"),
            FieldType::List { item, .. } => write!(f, "[]{item}"),
            FieldType::Object(name) => {
                write!(f, "v1.{}", name.rsplit('.').next().unwrap_or(name))
            }
        }
    }
}

/// Holds a manifest against its resource's type. Fields that are null are taken away: to Kubernetes they
/// are not there.
///
/// # Errors
/// If a value has the wrong type, or else if there are fields the type does not have: all of them are named.
pub fn check(resource: Resource, manifest: &mut Value) -> Result<(), DecodeError> {
    let Some(schema) = type_of(resource) else {
        return Ok(());
    };
    let mut decoder = Decoder::default();
    decoder.object(schema, manifest)?;
    if decoder.unknown.is_empty() {
        Ok(())
    } else {
        Err(DecodeError::Unknown(decoder.unknown))
    }
}

#[derive(Default)]
struct Decoder {
    /// The path with indices, as strict decoding names unknown fields.
    path: String,
    /// The path without, as Go's decoder names fields of the wrong type.
    names: Vec<String>,
    unknown: Vec<String>,
}

impl Decoder {
    fn object(&mut self, schema: &TypeSchema, value: &mut Value) -> Result<(), DecodeError> {
        let Value::Object(fields) = value else {
            return Ok(()); // the caller has looked
        };
        drop_nulls(fields);
        for (name, value) in fields.iter_mut() {
            let length = self.path.len();
            if length > 0 {
                self.path.push('.');
            }
            self.path.push_str(name);
            match schema.field(name) {
                None => self.unknown.push(self.path.clone()),
                Some(field) => {
                    self.names.push(name.clone());
                    self.value(schema.name, &field.of, value)?;
                    self.names.pop();
                }
            }
            self.path.truncate(length);
        }
        Ok(())
    }

    fn value(
        &mut self,
        holder: &'static str,
        of: &FieldType,
        value: &mut Value,
    ) -> Result<(), DecodeError> {
        match (of, &mut *value) {
            (FieldType::Object(name), Value::Object(_)) => match type_named(name) {
                Some(schema) => self.object(schema, value),
                None => Ok(()),
            },
            (FieldType::List { item, .. }, Value::Array(items)) => {
                items.retain(|item| !item.is_null());
                for (at, one) in items.iter_mut().enumerate() {
                    let length = self.path.len();
                    self.path.push_str(&format!("[{at}]"));
                    self.value(holder, item, one)?;
                    self.path.truncate(length);
                }
                Ok(())
            }
            (FieldType::Map(item), Value::Object(fields)) => {
                drop_nulls(fields);
                for (key, one) in fields.iter_mut() {
                    let length = self.path.len();
                    self.path.push('.');
                    self.path.push_str(key);
                    self.value(holder, item, one)?;
                    self.path.truncate(length);
                }
                Ok(())
            }
            (FieldType::Int32, Value::Number(number)) if fits(number, i64::from(i32::MAX)) => {
                Ok(())
            }
            (FieldType::Int64, Value::Number(number)) if fits(number, i64::MAX) => Ok(()),
            (FieldType::Text | FieldType::Bytes, Value::String(_))
            | (FieldType::Bool, Value::Bool(_))
            | (FieldType::Number, Value::Number(_))
            | (FieldType::IntOrString, Value::String(_))
            | (FieldType::Anything, _) => Ok(()),
            (FieldType::IntOrString, Value::Number(number))
                if fits(number, i64::from(i32::MAX)) =>
            {
                Ok(())
            }
            (FieldType::Quantity, Value::String(_) | Value::Number(_)) => {
                let text = value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned);
                match text.parse::<Quantity>() {
                    Ok(_) => Ok(()),
                    Err(error) => Err(DecodeError::Mismatch(error.to_string())),
                }
            }
            (FieldType::Time | FieldType::MicroTime, Value::String(text)) => {
                if chrono::DateTime::parse_from_rfc3339(text).is_ok() {
                    return Ok(());
                }
                let layout = if *of == FieldType::Time {
                    "2006-01-02T15:04:05Z07:00"
                } else {
                    "2006-01-02T15:04:05.000000Z07:00"
                };
                Err(DecodeError::Mismatch(format!(
                    "parsing time \"{text}\" as \"{layout}\": cannot parse \"{text}\" as \"2006\""
                )))
            }
            _ => Err(DecodeError::Mismatch(format!(
                "json: cannot unmarshal {} into Go struct field {}.{} of type {of}",
                found(of, value),
                holder.rsplit('.').next().unwrap_or(holder),
                self.names.join("."),
            ))),
        }
    }
}

fn drop_nulls(fields: &mut Map<String, Value>) {
    fields.retain(|_, value| !value.is_null());
}

fn fits(number: &serde_json::Number, most: i64) -> bool {
    number
        .as_i64()
        .is_some_and(|number| number >= -most - 1 && number <= most)
}

/// What Go's decoder calls what it found.
fn found(of: &FieldType, value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) => "bool".to_owned(),
        Value::Number(number) if matches!(of, FieldType::Int32 | FieldType::Int64) => {
            format!("number {number}")
        }
        Value::Number(_) => "number".to_owned(),
        Value::String(_) => "string".to_owned(),
        Value::Array(_) => "array".to_owned(),
        Value::Object(_) => "object".to_owned(),
    }
}
