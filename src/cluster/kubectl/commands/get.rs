use super::*;
use crate::cluster::kubectl::{
    print::{Columns, Format},
    tabwriter::TabWriter,
    targets,
    watching::Follow,
};

pub(super) const FLAGS: &[Flag] = &[
    FILENAME,
    OUTPUT,
    SELECTOR,
    ALL_NAMESPACES,
    switch("watch").short('w'),
    switch("watch-only"),
    switch("show-labels"),
    switch("show-kind"),
    switch("no-headers"),
    switch("ignore-not-found"),
    switch("show-managed-fields"),
    text("field-selector"),
    text("sort-by"),
    lists("label-columns").short('L'),
    number("chunk-size"),
];

/// `kubectl/pkg/cmd/get/get.go`.
pub(super) fn run(session: &mut Session<'_, '_>, invocation: &Invocation) -> Told {
    let format = Format::of(invocation)?;
    let targets = named(session, invocation)?;
    if invocation.is("watch") || invocation.is("watch-only") {
        return watch(session, invocation, &targets, format);
    }
    let (mut objects, mut failures) = fetch(session, invocation, &targets)?;
    if invocation.is("ignore-not-found") {
        failures.retain(|failure| !is_not_found(failure));
    }
    if let Some(path) = invocation.text("sort-by") {
        sort(&mut objects, path);
    }
    let with_kind = invocation.is("show-kind")
        || targets
            .iter()
            .any(|target| Some(target.resource) != targets.first().map(|t| t.resource));
    match &format {
        Format::Table { wide } => {
            let text = table(session, invocation, &objects, (*wide, with_kind));
            session.stdout.push_str(&text);
        }
        Format::Custom(columns) => {
            let mut text = String::new();
            if !invocation.is("no-headers") {
                text = Format::custom_header(columns);
            }
            text += &format.several(&objects);
            session.stdout.push_str(&TabWriter::of_table().align(&text));
        }
        format => {
            let single = targets.len() == 1 && targets.iter().all(|target| target.name.is_some());
            let text = match objects.as_slice() {
                [] if single || (!failures.is_empty() && !with_kind) => String::new(),
                [object] if single => format.single(&object.to_json(), object.resource()),
                objects => format.several(objects),
            };
            session.stdout.push_str(&text);
        }
    }
    let is_table = matches!(format, Format::Table { .. });
    if is_table && objects.is_empty() && failures.is_empty() && !invocation.is("ignore-not-found") {
        let namespaced = targets.iter().all(|target| target.resource.is_namespaced());
        if namespaced && !invocation.is("all-namespaces") {
            let namespace = invocation.namespace();
            session.complain(format!("No resources found in {namespace} namespace."));
        } else {
            session.complain("No resources found");
        }
    }
    match Failure::all(failures) {
        Some(failure) => Err(failure.into()),
        None => Ok(()),
    }
}

fn is_not_found(failure: &Failure) -> bool {
    matches!(failure, Failure::Refused(status) if status.code == 404)
}

/// What is to be shown: what the words name, or what stands in the files.
fn named(session: &Session<'_, '_>, invocation: &Invocation) -> Result<Vec<Target>, Failure> {
    let mut targets = targets::read(invocation, &invocation.words)?;
    let files = invocation.texts("filename");
    if files.is_empty() && targets.is_empty() {
        return Err(Failure::verbatim(
            "You must specify the type of resource to get. Use \"kubectl api-resources\" for a complete list of supported resources.\n\nerror: Required resource not specified.\nSee 'kubectl get -h' for help and examples",
        ));
    }
    if !files.is_empty() {
        let place = (
            &invocation.namespace(),
            invocation.text("namespace").is_some(),
        );
        for manifest in crate::cluster::kubectl::manifest::read(files, &session.files(), place)? {
            let manifest = manifest?;
            targets.push(Target {
                resource: manifest.resource,
                name: Some(manifest.name),
            });
        }
    }
    let by_name = targets.iter().any(|target| target.name.is_some());
    if by_name && invocation.is("all-namespaces") {
        return Err(Failure::error(
            "a resource cannot be retrieved by name across all namespaces",
        ));
    }
    if by_name && invocation.text("selector").is_some() {
        return Err(Failure::error(
            "name cannot be provided when a selector is specified",
        ));
    }
    Ok(targets)
}

fn columns(
    invocation: &Invocation,
    resource: Resource,
    (wide, with_kind): (bool, bool),
) -> Columns {
    Columns {
        resource,
        wide,
        with_namespace: invocation.is("all-namespaces"),
        with_kind,
        with_labels: invocation.is("show-labels"),
        label_columns: invocation.texts("label-columns").to_vec(),
    }
}

/// The tables of all types there are, an empty line between them.
fn table(
    session: &Session<'_, '_>,
    invocation: &Invocation,
    objects: &[Object],
    how: (bool, bool),
) -> String {
    let headers = !invocation.is("no-headers");
    let mut out = String::new();
    for group in objects.chunk_by(|one, next| one.resource() == next.resource()) {
        let Some(first) = group.first() else { continue };
        let columns = columns(invocation, first.resource(), how);
        let mut text = String::new();
        if headers {
            if !out.is_empty() {
                out.push('\n');
            }
            text = columns.header();
        }
        for object in group {
            text += &columns.row(object, session.now());
        }
        out += &TabWriter::of_table().align(&text);
    }
    out
}

/// `--sort-by`: numbers as numbers, all else as text (`kubectl/pkg/cmd/get/sorter.go`).
fn sort(objects: &mut [Object], path: &str) {
    let path = path.trim_matches(['{', '}']).to_owned();
    let path = path
        .split('.')
        .filter(|step| !step.is_empty())
        .fold(String::new(), |pointer, step| format!("{pointer}/{step}"));
    objects.sort_by_cached_key(|object| {
        let json = object.to_json();
        match json.pointer(&path) {
            Some(serde_json::Value::Number(number)) => {
                (number.as_i64().unwrap_or_default(), String::new())
            }
            Some(serde_json::Value::String(text)) => (0, text.clone()),
            _ => (i64::MIN, String::new()),
        }
    });
}

/// Prints what there is, and then every change, until the run ends.
fn watch(
    session: &mut Session<'_, '_>,
    invocation: &Invocation,
    targets: &[Target],
    format: Format,
) -> Told {
    let [first, rest @ ..] = targets else {
        return Err(super::missing_resource().into());
    };
    if rest.iter().any(|target| target.resource != first.resource) {
        return Err(Failure::error("you may only specify a single resource type").into());
    }
    if !rest.is_empty() {
        return Err(Failure::error(
            "watch is only supported on individual resources and resource collections, but a list of resources is found",
        )
        .into());
    }
    let resource = first.resource;
    let namespace = within(resource, &invocation.namespace());
    let mut options = list_options(invocation, resource)?;
    let user = invocation.user();
    let (objects, revision) = match &first.name {
        Some(name) => {
            let reply = session.ask(Request::get(&user, resource, &namespace, name))?;
            options.fields.push(("metadata.name", name.clone()));
            (Vec::from_iter(reply.object), reply.revision)
        }
        None => {
            let reply = session.ask(Request::list(&user, resource, &namespace, options.clone()))?;
            (reply.items, reply.revision)
        }
    };
    let wide = matches!(format, Format::Table { wide: true });
    let mut follow = Follow {
        format,
        columns: columns(invocation, resource, (wide, invocation.is("show-kind"))),
        writer: TabWriter::of_table(),
        header: !invocation.is("no-headers"),
    };
    if !invocation.is("watch-only") {
        let mut text = String::new();
        match &follow.format {
            Format::Table { .. } => {
                if !objects.is_empty() && std::mem::take(&mut follow.header) {
                    text = follow.columns.header();
                }
                for object in &objects {
                    text += &follow.columns.row(object, session.now());
                }
                text = follow.writer.align(&text);
            }
            format => objects
                .iter()
                .for_each(|object| text += &format.stream(object)),
        }
        session.stdout.push_str(&text);
    }
    session.watch(resource, &namespace, options, revision);
    session.follow(follow);
    Ok(())
}
