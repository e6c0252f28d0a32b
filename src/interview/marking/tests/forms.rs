//! What forms find, and what cancels it.

use super::*;

#[test]
fn forms_are_found_as_the_format_says() {
    for (form, text) in [
        ("可写层", "文件在可写层里"),
        ("可写层", "在可写的层里"),
        ("可写 层", "可写的那一层"),
        ("共享 内核", "它们共享了宿主机的内核"),
        ("kube-proxy", "Kube Proxy 写规则"),
        ("kube-proxy", "ＫＵＢＥ－ＰＲＯＸＹ"),
        ("kernel", "one kernels"),
        ("pods", "a pod"),
        ("kernel", "the kernal"),
        ("container", "a conatiner"),
        ("isolat*", "isolation"),
        ("isolat*", "Isolated!"),
        ("share*|same kernel", "on the same kernel"),
        (
            "share*|same kernel",
            "sharing isn't it, they shared a kernel",
        ),
        ("exit code 137", "exits with code 137"),
        ("host", "the host's files"),
        ("10 秒", "１０秒"),
        ("用 docker", "用Docker启动"),
        ("no-cache", "`--no-cache`"),
    ] {
        assert!(makes(&[form], text), "{form}: {text}");
    }
    for (form, text) in [
        ("可写层", "可写的文件层"),
        ("共享 内核", "共享文件。内核另有一份"),
        ("pod", "pid"),
        ("mount", "count"),
        ("kernel", "keernell"),
        ("node", "mode"),
        ("isolat*", "violation"),
        ("replac*", "replicas"),
        ("137", "1370"),
        ("exit 137", "exit 136"),
        ("share* kernel", "kernel shared"),
    ] {
        assert!(!makes(&[form], text), "{form}: {text}");
    }
}

#[test]
fn a_form_in_parentheses_keeps_to_one_clause() {
    let wide = ["emptyDir 没了"];
    let narrow = ["(emptyDir 没了)"];
    for text in ["emptyDir 也没了", "/tmp 还在，emptyDir 里的没了"] {
        assert!(makes(&narrow, text), "{text}");
    }
    let text = "emptyDir 还在，/tmp 没了";
    assert!(makes(&wide, text));
    assert!(!makes(&narrow, text));
    let narrow = ["(rules kernel)"];
    assert!(makes(&narrow, "the rules are in the kernel"));
    assert!(!makes(&narrow, "there are rules, the kernel is old"));
}

#[test]
fn what_is_barred_may_not_stand_in_a_form() {
    for (form, text, met) in [
        ("CMD !ENTRYPOINT 默认", "CMD 给默认参数", true),
        (
            "CMD !ENTRYPOINT 默认",
            "CMD 定程序，ENTRYPOINT 给默认参数",
            false,
        ),
        (
            "!RUN when container starts",
            "CMD is used when a container starts",
            true,
        ),
        (
            "!RUN when container starts",
            "RUN is used when a container starts",
            false,
        ),
        (
            "!RUN when container starts",
            "RUN builds, CMD is used when a container starts",
            true,
        ),
        ("启动 快 !虚拟机", "启动快", true),
        ("启动 快 !虚拟机", "启动快的是虚拟机", false),
        ("启动 快 !虚拟机", "启动快，虚拟机慢", true),
        ("(each !asks|ask token)", "each gets a token", true),
        (
            "(each !asks|ask token)",
            "each of them asks for a token",
            false,
        ),
    ] {
        assert_eq!(makes(&[form], text), met, "{form}: {text}");
    }
}

#[test]
fn a_form_needs_a_word_that_is_not_barred() {
    for form in ["", "()", "!a", "(!a)", "a !", "|", "a |b"] {
        assert!(Form::parse(form).is_err(), "{form}");
    }
    for form in ["a", "(a)", "!a b", "a !b", "(!a b !c d !e)"] {
        assert!(Form::parse(form).is_ok(), "{form}");
    }
}

#[test]
fn what_follows_may_deny_a_form_too() {
    for (form, text) in [
        ("ReplicaSet makes", "The ReplicaSet makes no replacement"),
        ("rollout-undo", "and rollout undo won't help"),
        (
            "multi-stage",
            "a multi-stage build would not make it smaller",
        ),
        ("dockerignore", "a .dockerignore makes no difference"),
        ("容忍", "给 Pod 加容忍没有用"),
        ("日志 看", "日志看不到"),
        ("命名空间", "命名空间并不能隔离进程"),
        ("缓存挂载", "缓存挂载不能省下载"),
        ("dockerignore", ".dockerignore 挡不住 node_modules"),
        ("send* requests", "the Service stops sending requests"),
        ("发 流量", "Service 停止发流量"),
        ("authenticat*", "she failed to authenticate"),
    ] {
        assert!(!makes(&[form], text), "{form}: {text}");
    }
    for (form, text) in [
        ("选 一台", "给还没分配节点的 Pod 选一台"),
        ("看 请求", "CPU 不够看的是请求"),
        ("同一个 命名空间", "看在不在同一个命名空间"),
        ("kubelet confirm*", "not removed until the kubelet confirms"),
        ("可写层 没了", "可写层也跟着没了"),
        ("手动 执行", "实在不行就手动执行"),
    ] {
        assert!(makes(&[form], text), "{form}: {text}");
    }
    // What is denied ends where a "but" begins.
    assert!(!makes(&["不 用量"], "看的不是请求而是用量"));
}

#[test]
fn a_negation_close_before_cancels() {
    for (form, text) in [
        ("共享 内核", "容器不共享内核"),
        ("共享 内核", "容器并非共享宿主机的内核"),
        ("数据 丢", "数据不会丢"),
        ("删除", "没有被删除"),
        ("安装 系统", "无需另外安装操作系统"),
        ("share* kernel", "They do not share a kernel"),
        ("share* kernel", "They don't share a kernel."),
        ("share* kernel", "they dont share the kernel"),
        ("share* kernel", "they never share the kernel"),
        ("kernel share*", "The kernel is not shared"),
        ("deleted", "nothing is deleted"),
        ("virtual* hardware", "instead of virtualising hardware"),
        ("rebuild", "without a rebuild"),
        ("data lost", "no data is lost"),
        ("data lost", "data cannot be lost"),
        ("本地 有 就", "不会因为本地有镜像就不拉"),
        ("docker-logs", "docker logs does not show it"),
        ("docker-logs", "docker logs 也没有用"),
        ("docker-logs", "docker logs 也看不到"),
        ("查 DNS", "不用查 DNS"),
    ] {
        assert!(!makes(&[form], text), "{form}: {text}");
        let marked = typed(
            &short(vec![Point {
                any: forms(&[form]),
                ..point("p", 1)
            }]),
            text,
        );
        assert!(!marked.points[0].cancelled_by.is_empty(), "{form}: {text}");
    }
    for (form, text) in [
        ("共享 内核", "容器不是虚拟机，它们共享内核"),
        ("共享 内核", "容器不是虚拟机而是共享内核的进程"),
        ("共享 内核", "不同的容器共享内核"),
        ("共享 内核", "容器不仅共享内核"),
        ("进程", "不是虚拟机，但是进程"),
        ("share* kernel", "It is not a VM: they share the kernel"),
        ("share* kernel", "It is not a VM, they share the kernel"),
        ("share* kernel", "They not only share the kernel"),
        ("process", "It is nothing but a process"),
        (
            "share* kernel",
            "Not a VM but processes that share a kernel",
        ),
        ("不 删除", "它不会删除文件"),
        ("没|不 共享", "并没有共享"),
        ("n't share", "They don't share"),
        ("not deleted", "It is not deleted"),
        ("查 kube-proxy", "不用看标签，直接查 kube-proxy"),
        ("同一个 命名空间", "看是不是在同一个命名空间"),
        ("fail* probe", "Pods that fail the probe are not counted"),
    ] {
        assert!(makes(&[form], text), "{form}: {text}");
    }
    // A negation in a gap ends with its clause, and denies what its own clause says.
    assert!(makes(
        &["targetPort 改 8080"],
        "targetPort 不对，应该改成 8080"
    ));
    assert!(makes(&["管 ReplicaSet"], "它不直接管 Pod，它管 ReplicaSet"));
    assert!(!makes(&["PVC 绑定 不"], "PVC 已经绑定，不用改"));
    // So it does where another verb follows.
    assert!(makes(
        &["makes another"],
        "It no longer counts it and makes another"
    ));
    // One negation after another makes a double one only beside it.
    assert!(makes(
        &["no volume"],
        "No class is set and there is no volume"
    ));
    assert!(!makes(&["没 用"], "扩副本不是没用"));
    assert!(!makes(&["不 删除"], "它会删除文件"));
    assert!(!makes(&["不 kube-proxy"], "不用看标签，直接查 kube-proxy"));
    assert!(!makes(&["not deleted"], "It is deleted"));
}

#[test]
fn an_order_of_words_is_kept() {
    let question = short(vec![Point {
        before: Some("SIGTERM<SIGKILL".to_owned()),
        ..point("order", 1)
    }]);
    for (text, met) in [
        ("First SIGTERM, then SIGKILL", true),
        ("先发 SIGTERM，10 秒后发 SIGKILL", true),
        ("Before SIGKILL it sends SIGTERM", true),
        ("SIGKILL comes after SIGTERM", true),
        ("在发 SIGKILL 之前，先发 SIGTERM", true),
        ("SIGKILL 在 SIGTERM 之后", true),
        ("先发 SIGKILL，再发 SIGTERM", false),
        ("SIGTERM after SIGKILL", false),
        ("Before SIGTERM it sends SIGKILL", false),
        ("SIGTERM only", false),
        ("不发 SIGTERM，直接 SIGKILL", false),
    ] {
        assert_eq!(typed(&question, text).points[0].met, met, "{text}");
    }
}

#[test]
fn a_form_that_must_not_be_there_cancels() {
    let question = short(vec![Point {
        any: forms(&["可写层"]),
        not: forms(&["丢失"]),
        ..point("kept", 1)
    }]);
    assert!(typed(&question, "在可写层里").points[0].met);
    assert!(typed(&question, "在可写层里，不会丢失").points[0].met);
    let text = "在可写层里，会丢失";
    let marked = typed(&question, text);
    assert!(!marked.points[0].met);
    assert_eq!(&text[marked.points[0].cancelled_by[0].clone()], "丢失");
}

/// Two points denied or turned round, and no more made: what is left was right by chance.
#[test]
fn an_answer_that_denies_most_of_its_points_makes_none() {
    let mut see = point("see", 1);
    see.any = forms(&["namespace* see*"]);
    see.not = forms(&["(cgroup* see*)"]);
    let mut limit = point("limit", 1);
    limit.any = forms(&["cgroup* limit*"]);
    let mut kernel = point("kernel", 1);
    kernel.any = forms(&["one kernel"]);
    let mut start = point("start", 1);
    start.any = forms(&["start* fast*"]);
    let question = short(vec![see, limit, kernel, start]);
    let made = |text: &str| -> Vec<String> {
        let points = typed(&question, text).points;
        let met = points.iter().filter(|point| point.met);
        met.map(|point| point.id.as_str().to_owned()).collect()
    };
    let two = "cgroups say what it sees. cgroups do not limit memory. ";
    assert!(made(&format!("{two}There is one kernel.")).is_empty());
    assert!(made(&format!("{two}There is one kernel, they start faster.")).is_empty());
    assert_eq!(
        made("cgroups do not limit memory. There is one kernel."),
        ["kernel"],
        "one denial may be a slip"
    );
    assert!(made("cgroups say what it sees. There is one kernel.").is_empty());
    assert_eq!(
        made("Namespaces say what it sees, cgroups limit memory. There is one kernel."),
        ["see", "limit", "kernel"]
    );
    let marked = typed(&question, &format!("{two}There is one kernel."));
    assert!(
        !marked.points[2].cancelled_by.is_empty(),
        "it is shown what took the point away"
    );
}
