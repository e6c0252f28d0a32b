use super::*;

#[test]
fn commands_that_mean_the_same_are_equal() {
    for (one, other) in [
        (
            "kubectl get pods -n web -o wide",
            "k get po -owide --namespace=web",
        ),
        ("kubectl get pods -n web", "kubectl -n web get pods"),
        ("kubectl delete pod web", "kubectl delete pods/web"),
        (
            "kubectl scale rc web --replicas=5",
            "kubectl scale --replicas 5 replicationcontroller/web",
        ),
        (
            "kubectl get pods -A -w",
            "kubectl get pods --watch --all-namespaces",
        ),
        (
            "kubectl logs web -f --tail 5",
            "kubectl logs -f --tail=5 web",
        ),
        (
            "kubectl apply -f rc.yaml",
            "$ kubectl apply --filename=rc.yaml",
        ),
        (
            "kubectl exec -it web -- sh -c 'a b'",
            "kubectl exec web --stdin --tty -- sh -c \"a b\"",
        ),
        ("docker ps -a", "docker container ls --all"),
        (
            "docker run -d -p 80:80 --name web nginx",
            "docker run --name=web -dp 80:80 nginx",
        ),
        (
            "docker run -it --rm alpine sh",
            "docker container run --rm -i -t alpine sh",
        ),
        (
            "kubectl create role r --verb=list --resource pods",
            "kubectl create role r --verb list --resource=pods",
        ),
        ("docker rmi nginx", "docker image rm nginx"),
        ("docker rm -f web", "docker rm web --force"),
        ("docker build -t web .", "docker build . --tag web"),
        ("docker stop -t 5 web", "docker stop --time=5 web"),
        ("docker run --rm=true x", "docker run --rm x"),
        ("ls  -l", "ls -l"),
    ] {
        assert_eq!(
            Invocation::read(one),
            Invocation::read(other),
            "{one} / {other}"
        );
    }
}

#[test]
fn commands_that_mean_something_else_differ() {
    for (one, other) in [
        ("kubectl get pods", "kubectl get services"),
        ("kubectl get pods", "kubectl describe pods"),
        ("kubectl get pods -n a", "kubectl get pods -n b"),
        ("kubectl get pods -o wide", "kubectl get pods"),
        ("kubectl delete pod a", "kubectl delete pod b"),
        ("docker ps", "docker ps -a"),
        ("docker run -p 80:8080 x", "docker run -p 8080:80 x"),
        ("docker run x -d", "docker run -d x"),
        ("docker cp a b", "docker cp b a"),
        ("docker ps a", "docker ps -a"),
        ("kubectl", ""),
    ] {
        assert_ne!(
            Invocation::read(one),
            Invocation::read(other),
            "{one} / {other}"
        );
    }
}
