//! Words of which only some are known, looked at before a manifest becomes an object: the object has no
//! place for others.

use serde_json::Value;

use crate::cluster::{
    api::{
        Resource,
        schema::{self, FieldType, TypeSchema},
    },
    apiserver::field::FieldError,
};

/// The fields with such words: the type they belong to, their name, and the words.
const KNOWN: [(&str, &str, &[&str]); 5] = [
    (
        "PodSpec",
        "restartPolicy",
        &["Always", "OnFailure", "Never"],
    ),
    (
        "Container",
        "restartPolicy",
        &["Always", "OnFailure", "Never"],
    ),
    (
        "Toleration",
        "effect",
        &["NoSchedule", "PreferNoSchedule", "NoExecute"],
    ),
    (
        "Taint",
        "effect",
        &["NoSchedule", "PreferNoSchedule", "NoExecute"],
    ),
    ("DeploymentStrategy", "type", &["Recreate", "RollingUpdate"]),
];

/// What is wrong with the words of a manifest whose fields and types are right; those words are taken out.
pub(in crate::cluster::apiserver) fn words(
    resource: Resource,
    manifest: &mut Value,
) -> Vec<FieldError> {
    let mut wrong = Vec::new();
    if let (Some(schema), Some(spec)) = (schema::type_of(resource), manifest.get_mut("spec"))
        && let Some(FieldType::Object(name)) = schema.field("spec").map(|field| &field.of)
        && let Some(schema) = schema::type_named(name)
    {
        look(schema, spec, "spec", &mut wrong);
    }
    wrong
}

fn look(schema: &TypeSchema, value: &mut Value, path: &str, wrong: &mut Vec<FieldError>) {
    let Value::Object(fields) = value else {
        return;
    };
    fields.retain(|name, value| {
        let path = format!("{path}.{name}");
        if let (Some((_, _, words)), Some(text)) = (
            KNOWN
                .iter()
                .find(|(of, field, _)| *of == schema.name && field == name),
            value.as_str(),
        ) && !words.contains(&text)
        {
            // (`pkg/apis/apps/validation/validation.go`, ValidatePodTemplateSpecForReplicaSet)
            let replicated = path == "spec.template.spec.restartPolicy";
            wrong.push(FieldError::not_supported(path.clone(), text, words));
            if replicated {
                wrong.push(FieldError::not_supported(path, text, &["Always"]));
            }
            return false;
        }
        let Some(field) = schema.field(name) else {
            return true;
        };
        match (&field.of, &mut *value) {
            (FieldType::Object(of), value) => {
                if let Some(of) = schema::type_named(of) {
                    look(of, value, &path, wrong);
                }
            }
            (FieldType::List { item, .. }, Value::Array(items)) => {
                if let FieldType::Object(of) = &**item
                    && let Some(of) = schema::type_named(of)
                {
                    for (at, one) in items.iter_mut().enumerate() {
                        look(of, one, &format!("{path}[{at}]"), wrong);
                    }
                }
            }
            _ => {}
        }
        true
    });
}
