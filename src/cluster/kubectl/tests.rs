//! Commands run in a cluster, as a learner runs them.

use std::{collections::BTreeMap, rc::Rc};

use crate::cluster::{
    Cluster, ClusterConfig, CommandOutput, Files, Moment,
    api::{Object, Resource},
    trace::{Actor, StepId, StepKind},
};

const RC: &str = "\
apiVersion: v1
kind: ReplicationController
metadata:
  name: web
spec:
  replicas: 2
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
      - name: web
        image: nginx:1.29
";

struct Shell {
    cluster: Cluster,
    files: Files,
}

impl Shell {
    fn new(files: &[(&str, &str)]) -> Shell {
        let files: BTreeMap<String, String> = files
            .iter()
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
            .collect();
        Shell {
            cluster: Cluster::new(&ClusterConfig::with_nodes(2, 7)),
            files: Rc::new(files),
        }
    }

    /// Runs a command to its end, or for two minutes.
    fn run(&mut self, line: &str) -> CommandOutput {
        let index = self.cluster.outputs().len();
        self.cluster.command(line, &self.files);
        let until = self.cluster.now().millis() + 120_000;
        while self.cluster.outputs()[index].ended.is_none()
            && self.cluster.next_at().is_some_and(|at| at.millis() < until)
        {
            self.cluster.advance();
        }
        self.cluster.outputs()[index].clone()
    }

    fn says(&mut self, line: &str, stdout: &str) {
        let output = self.run(line);
        assert_eq!(
            (output.stdout.as_str(), output.stderr.as_str()),
            (stdout, ""),
            "{line}"
        );
        assert_eq!(output.exit, 0, "{line}");
        assert!(output.ended.is_some(), "{line}");
    }

    fn refuses(&mut self, line: &str, stderr: &str) {
        let output = self.run(line);
        assert_eq!(
            (output.stderr.as_str(), output.stdout.as_str()),
            (stderr, ""),
            "{line}"
        );
        assert_eq!(output.exit, 1, "{line}");
    }

    fn wait(&mut self, seconds: u64) {
        let until = self.cluster.now().millis() + seconds * 1000;
        self.cluster.run_until(Moment::from_millis(until));
    }
}

/// `kubectl/pkg/cmd/create/create.go`, `scale/scale.go`, `delete/delete.go`.
#[test]
fn kubectl_creates_scales_and_deletes() {
    let mut shell = Shell::new(&[("rc.yaml", RC)]);
    shell.says(
        "kubectl create -f rc.yaml",
        "replicationcontroller/web created\n",
    );
    shell.refuses(
        "kubectl create -f rc.yaml",
        "Error from server (AlreadyExists): error when creating \"rc.yaml\": replicationcontrollers \"web\" already exists\n",
    );
    shell.says(
        "kubectl scale rc web --replicas=1",
        "replicationcontroller/web scaled\n",
    );
    shell.refuses(
        "kubectl scale rc/web --replicas=1 --current-replicas=2",
        "error: Expected replicas to be 2, was 1\n",
    );
    shell.wait(10);
    let pods = shell.run("kubectl get pods -l app=web --no-headers").stdout;
    assert_eq!(pods.lines().count(), 1, "{pods}");
    assert!(pods.contains("1/1   Running   0"), "{pods}");
    shell.says(
        "kubectl delete rc web",
        "replicationcontroller \"web\" deleted from default namespace\n",
    );
    shell.wait(60);
    assert_eq!(shell.cluster.count_objects(Resource::Pods), 0);
    let none = shell.run("kubectl get pods");
    assert_eq!(none.stderr, "No resources found in default namespace.\n");
    assert_eq!(none.exit, 0);
}

/// Each command's first request has no cause, and each later one follows from an answer.
#[test]
fn kubectl_requests_follow_from_each_other() {
    let mut shell = Shell::new(&[("rc.yaml", RC)]);
    shell.run("kubectl apply -f rc.yaml");
    let steps = shell.cluster.steps();
    let mut asked = steps
        .iter()
        .filter(|step| step.kind == StepKind::Request && step.from == Actor::Kubectl);
    let get = asked.next().unwrap();
    assert_eq!(
        (&*get.verb, get.code, get.cause),
        ("get", 404, StepId::NONE)
    );
    let create = asked.next().unwrap();
    assert_eq!(
        (&*create.verb, create.code, create.cause),
        ("create", 201, get.id)
    );
}

/// `kubectl/pkg/cmd/apply/apply.go`: what the manifest no longer says goes, what others set stays.
#[test]
fn kubectl_applies_the_three_way_difference() {
    let changed = RC
        .replace("  replicas: 2\n", "")
        .replace("nginx:1.29", "nginx:1.30");
    let mut shell = Shell::new(&[("rc.yaml", RC), ("new.yaml", &changed)]);
    shell.says(
        "kubectl apply -f rc.yaml",
        "replicationcontroller/web created\n",
    );
    shell.says(
        "kubectl apply -f rc.yaml",
        "replicationcontroller/web unchanged\n",
    );
    shell.says(
        "kubectl label rc web by=hand",
        "replicationcontroller/web labeled\n",
    );
    shell.says(
        "kubectl apply -f new.yaml",
        "replicationcontroller/web configured\n",
    );
    let objects = shell
        .cluster
        .objects(Resource::ReplicationControllers, "default");
    let Some(Object::ReplicationController(rc)) = objects.first() else {
        panic!("the ReplicationController is there");
    };
    assert_eq!(rc.metadata.labels.get("by"), Some("hand"));
    // Without a number the default holds again.
    assert_eq!(rc.spec.replicas, Some(1));
    let template = rc.spec.template.as_ref().unwrap();
    assert_eq!(&*template.spec.containers[0].image, "nginx:1.30");
}

/// What is wrong before anything is sent changes nothing.
#[test]
fn kubectl_errors_of_its_own_send_nothing() {
    let mut shell = Shell::new(&[
        ("bad.yaml", "apiVersion: v1\nkind: Pod\n metadata: x\n"),
        (
            "kind.yaml",
            "apiVersion: v1\nkind: Podd\nmetadata: {name: x}\n",
        ),
    ]);
    for (line, stderr) in [
        (
            "kubectl create -f no.yaml",
            "error: the path \"no.yaml\" does not exist\n",
        ),
        ("kubectl create", "error: must specify one of -f and -k\n"),
        (
            "kubectl get",
            "You must specify the type of resource to get. Use \"kubectl api-resources\" for a complete list of supported resources.\n\nerror: Required resource not specified.\nSee 'kubectl get -h' for help and examples\n",
        ),
        (
            "kubectl get foo",
            "error: the server doesn't have a resource type \"foo\"\n",
        ),
        (
            "kubectl get pods -o foo",
            "error: unable to match a printer suitable for the output format \"foo\", allowed formats are: custom-columns,custom-columns-file,go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,name,template,templatefile,wide,yaml\n",
        ),
        (
            "kubectl get pods -l 'a b'",
            "error: the provided selector \"a b\" is not valid: unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt\n",
        ),
        (
            "kubectl get pods --field-selector foo=bar",
            "Error from server (BadRequest): Unable to find \"/v1, Resource=pods\" that match label selector \"\", field selector \"foo=bar\": field label not supported: foo\n",
        ),
        (
            "kubectl delete pod",
            "error: resource(s) were provided, but no name was specified\n",
        ),
        (
            "kubectl scale rc web",
            "error: required flag(s) \"replicas\" not set\n",
        ),
        ("kubectl run x", "error: --image is required\n"),
        (
            "kubectl label pod x",
            "error: at least one label update is required\n",
        ),
        (
            "kubectl create -f kind.yaml",
            "error: resource mapping not found for name: \"x\" namespace: \"\" from \"kind.yaml\": no matches for kind \"Podd\" in version \"v1\"\nensure CRDs are installed first\n",
        ),
    ] {
        shell.refuses(line, stderr);
    }
    let asked = shell.cluster.steps().iter();
    assert_eq!(asked.filter(|step| step.from == Actor::Kubectl).count(), 0);
}

#[test]
fn kubectl_tells_refusals_as_the_server_words_them() {
    let strict = RC.replace("  replicas: 2", "  replica: 2");
    let unlike = RC.replace("  replicas: 2", "  selector: {app: other}");
    let mut shell = Shell::new(&[("strict.yaml", &strict), ("unlike.yaml", &unlike)]);
    for (line, stderr) in [
        (
            "kubectl get pod x",
            "Error from server (NotFound): pods \"x\" not found\n",
        ),
        (
            "kubectl delete deploy x",
            "Error from server (NotFound): deployments.apps \"x\" not found\n",
        ),
        (
            "kubectl get pods --as=bob",
            "Error from server (Forbidden): pods is forbidden: User \"bob\" cannot list resource \"pods\" in API group \"\" in the namespace \"default\"\n",
        ),
        (
            "kubectl get pods --token=nobodys",
            "error: You must be logged in to the server (Unauthorized)\n",
        ),
        (
            "kubectl create -f strict.yaml",
            "Error from server (BadRequest): error when creating \"strict.yaml\": ReplicationController in version \"v1\" cannot be handled as a ReplicationController: strict decoding error: unknown field \"spec.replica\"\n",
        ),
    ] {
        shell.refuses(line, stderr);
    }
    let invalid = shell.run("kubectl create -f unlike.yaml");
    assert!(
        invalid
            .stderr
            .starts_with("The ReplicationController \"web\" is invalid: "),
        "{invalid:?}"
    );
    shell
        .cluster
        .fault(&"stop kube-apiserver".parse().unwrap())
        .unwrap();
    shell.refuses(
        "kubectl get pods",
        "The connection to the server 10.0.0.10:6443 was refused - did you specify the right host or port?\n",
    );
}

/// `-w` prints every change and keeps no run from settling; `delete` waits until the object is gone.
#[test]
fn kubectl_watches_and_waits() {
    let mut shell = Shell::new(&[]);
    shell
        .cluster
        .command("kubectl get pods -w", &Files::default());
    shell.wait(1);
    assert!(shell.cluster.is_settled());
    shell.says("kubectl run x --image=nginx:1.29", "pod/x created\n");
    shell.wait(20);
    shell.says(
        "kubectl delete pod x",
        "pod \"x\" deleted from default namespace\n",
    );
    assert_eq!(shell.cluster.count_objects(Resource::Pods), 0);
    let watch = &shell.cluster.outputs()[0];
    assert_eq!(watch.ended, None);
    let seen = |status: &str| watch.stdout.lines().any(|line| line.contains(status));
    for status in [
        "NAME   READY   STATUS",
        "Pending",
        "ContainerCreating",
        "Running",
        "Terminating",
    ] {
        assert!(seen(status), "{status} in\n{}", watch.stdout);
    }
}

/// `kubectl/pkg/polymorphichelpers/rollback.go`: kubectl itself puts the old template back.
#[test]
fn kubectl_rolls_a_deployment_out_and_back() {
    let mut shell = Shell::new(&[]);
    shell.says(
        "kubectl create deployment app --image=nginx:1.29 --replicas=2",
        "deployment.apps/app created\n",
    );
    let status = shell.run("kubectl rollout status deployment/app");
    assert!(
        status
            .stdout
            .ends_with("deployment \"app\" successfully rolled out\n"),
        "{status:?}"
    );
    shell.says(
        "kubectl set image deployment/app nginx=nginx:1.30",
        "deployment.apps/app image updated\n",
    );
    shell.run("kubectl rollout status deployment/app");
    shell.says(
        "kubectl rollout history deployment/app",
        "deployment.apps/app \nREVISION  CHANGE-CAUSE\n1         <none>\n2         <none>\n\n",
    );
    shell.says(
        "kubectl rollout undo deployment/app",
        "deployment.apps/app rolled back\n",
    );
    shell.run("kubectl rollout status deployment/app");
    shell.says(
        "kubectl get deploy app -o jsonpath='{.spec.template.spec.containers[0].image}'",
        "nginx:1.29",
    );
    shell.refuses(
        "kubectl rollout undo deployment/app --to-revision=9",
        "error: unable to find specified revision 9 in history\n",
    );
}

/// `kubectl/pkg/describe/describe.go`, describeLimitRange and DescribeLimitRanges.
#[test]
fn kubectl_describes_the_bounds_of_a_namespace() {
    let range = "apiVersion: v1\nkind: LimitRange\nmetadata: {name: lr}\nspec: {limits: [{type: Container, default: {cpu: 500m}, defaultRequest: {cpu: 200m}, max: {cpu: 1}}]}\n";
    let mut shell = Shell::new(&[("lr.yaml", range)]);
    shell.run("kubectl create -f lr.yaml");
    shell.says(
        "kubectl describe limits lr",
        "Name:       lr\nNamespace:  default\nType        Resource  Min  Max  Default Request  Default Limit  Max Limit/Request Ratio\n----        --------  ---  ---  ---------------  -------------  -----------------------\nContainer   cpu       -    1    200m             500m           -\n",
    );
    let told = shell.run("kubectl describe ns default").stdout;
    let rows = "Resource Limits\n Type       Resource  Min  Max  Default Request  Default Limit  Max Limit/Request Ratio\n ----       --------  ---  ---  ---------------  -------------  -----------------------\n Container  cpu       -    1    200m             500m           -\n";
    assert!(told.ends_with(rows), "{told}");
}

/// A copy of a cluster in the middle of a command goes on as the original does.
#[test]
fn kubectl_goes_on_in_a_copy_of_the_cluster() {
    let mut shell = Shell::new(&[("rc.yaml", RC)]);
    shell
        .cluster
        .command("kubectl apply -f rc.yaml", &shell.files);
    shell.cluster.advance();
    let mut copy = shell.cluster.clone();
    for cluster in [&mut shell.cluster, &mut copy] {
        cluster.run_until(Moment::from_millis(5000));
    }
    assert_eq!(shell.cluster.outputs(), copy.outputs());
    assert_eq!(shell.cluster.steps(), copy.steps());
    assert_eq!(
        copy.outputs()[0].stdout,
        "replicationcontroller/web created\n"
    );
}
