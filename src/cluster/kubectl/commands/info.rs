use super::*;
use crate::cluster::kubectl::tabwriter::TabWriter;

pub(super) const FLAGS: &[Flag] = &[
    OUTPUT,
    switch("no-headers"),
    switch("client"),
    switch("namespaced"),
    text("api-group"),
    ALL_NAMESPACES,
];

/// Flags of commands that are not part of this cluster.
pub(super) const ANY: &[Flag] = &[
    FILENAME,
    OUTPUT,
    SELECTOR,
    ALL_NAMESPACES,
    switch("force"),
    switch("ignore-daemonsets"),
    switch("delete-emptydir-data"),
    text("for"),
    text("type"),
    text("patch").short('p'),
    length("timeout"),
    number("grace-period"),
    switch("stdin").short('i'),
    switch("tty").short('t'),
    text("container").short('c'),
    text("max"),
    text("min"),
    text("cpu-percent"),
    number("port"),
    switch("recursive"),
];

/// `kubectl/pkg/cmd/apiresources/apiresources.go`.
pub(super) fn api_resources(session: &mut Session<'_, '_>, invocation: &Invocation) -> Told {
    let mut all = Resource::ALL.to_vec();
    all.sort_by_key(|resource| (resource.group(), resource.plural()));
    if let Some(group) = invocation.text("api-group") {
        all.retain(|resource| resource.group() == group);
    }
    if invocation.text("namespaced").is_some() {
        all.retain(|resource| resource.is_namespaced() == invocation.is("namespaced"));
    }
    let mut text = String::new();
    if !invocation.is("no-headers") {
        text += "NAME\tSHORTNAMES\tAPIVERSION\tNAMESPACED\tKIND\n";
    }
    for resource in all {
        text += &format!(
            "{}\t{}\t{}\t{}\t{}\n",
            resource.plural(),
            resource.short_names().join(","),
            resource.api_version(),
            resource.is_namespaced(),
            resource.kind()
        );
    }
    let text = TabWriter::of_table().align(&text);
    session.stdout.push_str(&text);
    Ok(())
}

/// `kubectl/pkg/cmd/version/version.go`.
pub(super) fn version(session: &mut Session<'_, '_>, invocation: &Invocation) -> Told {
    session.say("Client Version: v1.36.0");
    session.say("Kustomize Version: v5.8.1");
    if !invocation.is("client") {
        session.say("Server Version: v1.36.0");
    }
    Ok(())
}

/// `kubectl/pkg/cmd/clusterinfo/clusterinfo.go`.
pub(super) fn cluster_info(session: &mut Session<'_, '_>, _: &Invocation) -> Told {
    session.say("Kubernetes control plane is running at https://10.0.0.10:6443");
    session.say("");
    session.say("To further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.");
    Ok(())
}

/// Commands kubectl has and this cluster does not answer.
pub(super) fn later(_: &mut Session<'_, '_>, invocation: &Invocation) -> Told {
    Err(Failure::error(format!(
        "\"{}\" is not part of this cluster",
        invocation.name()
    ))
    .into())
}
