use serde_json::{Value, json};

use super::*;

pub(super) const FLAGS: &[Flag] = &[
    OUTPUT,
    DRY_RUN,
    text("image"),
    text("image-pull-policy"),
    text("restart"),
    text("labels").short('l'),
    text("port"),
    texts("env"),
    texts("annotations"),
    switch("command"),
    switch("expose"),
    switch("rm"),
    switch("stdin").short('i'),
    switch("tty").short('t'),
    switch("attach"),
    switch("quiet").short('q'),
    switch("privileged"),
    switch("save-config"),
    text("overrides"),
];

/// `kubectl/pkg/cmd/run/run.go` and `kubectl/pkg/generate/versioned/run.go`: one bare Pod.
pub(super) fn run(session: &mut Session<'_, '_>, invocation: &Invocation) -> Told {
    let before = invocation.dash.unwrap_or(invocation.words.len());
    let (names, after) = invocation
        .words
        .split_at(before.min(invocation.words.len()));
    let Some((name, more)) = names.split_first() else {
        return Err(invocation.usage("NAME is required for run").into());
    };
    let Some(image) = invocation.text("image").filter(|image| !image.is_empty()) else {
        return Err(Failure::error("--image is required").into());
    };
    if image.contains(char::is_whitespace)
        || image.chars().any(|c| c.is_ascii_uppercase()) && !image.contains([':', '@'])
    {
        return Err(Failure::error(format!(
            "Invalid image name \"{image}\": invalid reference format"
        ))
        .into());
    }
    for flag in ["stdin", "tty", "attach", "rm", "expose"] {
        if invocation.is(flag) {
            return Err(Failure::error(format!("--{flag} is not part of this cluster")).into());
        }
    }
    let restart = invocation.text("restart").unwrap_or("Always");
    if !["Always", "OnFailure", "Never"].contains(&restart) {
        return Err(invocation
            .usage(format!("invalid restart policy: {restart}"))
            .into());
    }
    let args: Vec<&String> = more.iter().chain(after).collect();
    let json = pod(invocation, (name, image, restart), &args)?;
    let manifest = super::generate::made(invocation, Resource::Pods, json);
    Ok(super::create::send(session, invocation, manifest)??)
}

fn pod(
    invocation: &Invocation,
    (name, image, restart): (&str, &str, &str),
    args: &[&String],
) -> Result<Value, Failure> {
    let mut container = json!({"image": image, "name": name, "resources": {}});
    let mut labels = json!({"run": name});
    if let Some(text) = invocation.text("labels") {
        let mut own = serde_json::Map::new();
        for pair in text.split(',') {
            let Some((key, value)) = pair.split_once('=') else {
                return Err(Failure::error(format!("unexpected label spec: {pair}")));
            };
            own.insert(key.to_owned(), value.into());
        }
        labels = own.into();
    }
    if let Some(fields) = container.as_object_mut() {
        if !args.is_empty() {
            let field = if invocation.is("command") {
                "command"
            } else {
                "args"
            };
            fields.insert(field.to_owned(), json!(args));
        }
        if let Some(port) = invocation.text("port") {
            let number: i32 = port.parse().map_err(|_| {
                Failure::error(format!("strconv.Atoi: parsing \"{port}\": invalid syntax"))
            })?;
            fields.insert("ports".to_owned(), json!([{"containerPort": number}]));
        }
        if let Some(policy) = invocation.text("image-pull-policy") {
            fields.insert("imagePullPolicy".to_owned(), policy.into());
        }
        let mut env = Vec::new();
        for pair in invocation.texts("env") {
            let Some((key, value)) = pair.split_once('=') else {
                return Err(Failure::error(format!("invalid env: {pair}")));
            };
            env.push(json!({"name": key, "value": value}));
        }
        if !env.is_empty() {
            fields.insert("env".to_owned(), env.into());
        }
    }
    Ok(json!({
        "metadata": {"labels": labels, "name": name},
        "spec": {
            "containers": [container],
            "dnsPolicy": "ClusterFirst",
            "restartPolicy": restart,
        },
        "status": {},
    }))
}
