//! The JSON form is what `assets/report/schema.json` says. The schema uses a small part of JSON Schema
//! 2020-12; this checks that part, and refuses a schema that uses more.

use serde_json::{Map, Value, json};

use super::Learner;
use crate::year::Style;

const SCHEMA: &str = include_str!("../../../assets/report/schema.json");

fn schema() -> Value {
    serde_json::from_str(SCHEMA).expect("JSON")
}

#[test]
fn every_report_keeps_to_the_schema() {
    let schema = schema();
    for style in [None, Some(Style::Lapsing), Some(Style::Cramming)] {
        let learner = Learner::of(style);
        for arguments in [&[][..], &["--share"], &["--since", "2026-11-20"]] {
            let wrong = Checker(&schema).wrong(&schema, &learner.json(arguments), "report");
            assert!(wrong.is_empty(), "{wrong:#?}");
        }
    }
}

#[test]
fn what_does_not_keep_to_it_is_found() {
    let schema = schema();
    let good = Learner::of(None).json(&[]);
    let wrong = |change: fn(&mut Value)| {
        let mut report = good.clone();
        change(&mut report);
        Checker(&schema).wrong(&schema, &report, "report").len()
    };
    assert_eq!(wrong(|_| {}), 0);
    assert_eq!(wrong(|report| report["version"] = json!(2)), 1);
    assert_eq!(wrong(|report| report["day"] = json!("24.11.2026")), 1);
    assert_eq!(wrong(|report| report["cards"]["new"] = json!(-1)), 1);
    assert_eq!(wrong(|report| report["cards"]["more"] = json!(1)), 1);
    assert_eq!(
        wrong(|report| report["fields"][0]["recall"] = json!(1.5)),
        1
    );
    assert_eq!(wrong(|report| report["fields"][0]["name"] = json!(null)), 1);
    assert_eq!(
        wrong(|report| report["retention"]["all"]["interval"] = json!([0.1])),
        1
    );
    assert_eq!(wrong(|report| report["lang"] = json!("fr")), 1);
    assert_eq!(
        wrong(|report| report["readiness"]["validated"] = json!(true)),
        1
    );
    assert_eq!(
        wrong(|report| drop(report.as_object_mut().and_then(|all| all.remove("habit")))),
        1
    );
}

struct Checker<'a>(&'a Value);

impl Checker<'_> {
    /// What is wrong with a value, and where.
    fn wrong(&self, schema: &Value, value: &Value, at: &str) -> Vec<String> {
        let rules = schema.as_object().expect("a schema is an object");
        let mut wrong = Vec::new();
        for (rule, says) in rules {
            wrong.extend(self.breaks(rule, says, rules, value, at));
        }
        wrong
    }

    fn breaks(
        &self,
        rule: &str,
        says: &Value,
        rules: &Map<String, Value>,
        value: &Value,
        at: &str,
    ) -> Vec<String> {
        let unless = |holds: bool| match holds {
            true => Vec::new(),
            false => vec![format!("{at}: {value} breaks {rule} {says}")],
        };
        let compared = |holds: fn(f64, f64) -> bool| {
            value
                .as_f64()
                .zip(says.as_f64())
                .is_none_or(|(value, says)| holds(value, says))
        };
        match rule {
            "$schema" | "$id" | "$defs" | "title" | "description" => Vec::new(),
            "$ref" => {
                let name = says.as_str().and_then(|says| says.strip_prefix("#/$defs/"));
                let there = &self.0["$defs"][name.expect("a definition")];
                self.wrong(there, value, at)
            }
            "type" => {
                let types = match says {
                    Value::Array(types) => types.clone(),
                    one => vec![one.clone()],
                };
                unless(
                    types
                        .iter()
                        .any(|one| is_a(value, one.as_str().expect("a type"))),
                )
            }
            "const" => unless(value == says),
            "enum" => unless(says.as_array().expect("values").contains(value)),
            "minimum" => unless(compared(|value, least| value >= least)),
            "maximum" => unless(compared(|value, most| value <= most)),
            "pattern" => unless(value.as_str().is_none_or(|text| {
                assert_eq!(
                    says, "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
                    "a pattern not known here"
                );
                text.len() == 10 && text.parse::<chrono::NaiveDate>().is_ok()
            })),
            "minItems" => unless(length(value).is_none_or(|length| length >= says.as_u64())),
            "maxItems" => unless(length(value).is_none_or(|length| length <= says.as_u64())),
            "items" => {
                let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
                let each = items.iter().enumerate();
                each.flat_map(|(number, item)| self.wrong(says, item, &format!("{at}[{number}]")))
                    .collect()
            }
            "required" => {
                let names = says
                    .as_array()
                    .expect("names")
                    .iter()
                    .filter_map(Value::as_str);
                let object = value.as_object();
                names
                    .filter(|name| object.is_some_and(|object| !object.contains_key(*name)))
                    .map(|name| format!("{at}: {name} is missing"))
                    .collect()
            }
            "properties" => {
                let properties = says.as_object().expect("properties").iter();
                properties
                    .filter_map(|(name, schema)| Some((name, schema, value.get(name)?)))
                    .flat_map(|(name, schema, value)| {
                        self.wrong(schema, value, &format!("{at}.{name}"))
                    })
                    .collect()
            }
            "additionalProperties" => {
                let known = rules.get("properties").and_then(Value::as_object);
                let others = value.as_object().into_iter().flatten();
                others
                    .filter(|(name, _)| known.is_none_or(|known| !known.contains_key(*name)))
                    .flat_map(|(name, value)| match says {
                        Value::Bool(false) => vec![format!("{at}: {name} is not in the schema")],
                        schema => self.wrong(schema, value, &format!("{at}.{name}")),
                    })
                    .collect()
            }
            "anyOf" => {
                let each = says.as_array().expect("schemas").iter();
                let all: Vec<_> = each.map(|schema| self.wrong(schema, value, at)).collect();
                let any = all.iter().any(Vec::is_empty);
                if any {
                    Vec::new()
                } else {
                    all.into_iter()
                        .filter(|wrong| !wrong.is_empty())
                        .min_by_key(Vec::len)
                        .unwrap_or_default()
                }
            }
            _ => panic!("{rule} is not known here"),
        }
    }
}

fn length(value: &Value) -> Option<Option<u64>> {
    value.as_array().map(|items| Some(items.len() as u64))
}

fn is_a(value: &Value, name: &str) -> bool {
    match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => panic!("{name} is no type"),
    }
}
