// judge answers with their own code what Argo CD, under the settings of an argocd-cm, and Flux would make of objects.
//
//	judge argocd-cm.yaml < questions.json > answers.json
//
// An answer for each question, in order.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/argoproj/argo-cd/gitops-engine/pkg/health"
	"github.com/argoproj/argo-cd/v3/common"
	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/argoproj/argo-cd/v3/util/argo/diff"
	"github.com/argoproj/argo-cd/v3/util/argo/normalizers"
	"github.com/argoproj/argo-cd/v3/util/lua"
	"github.com/argoproj/argo-cd/v3/util/settings"
	jsonpatch "github.com/evanphx/json-patch"
	"github.com/fluxcd/cli-utils/pkg/kstatus/status"
	kustomize "github.com/fluxcd/kustomize-controller/api/v1"
	"github.com/sirupsen/logrus"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"k8s.io/client-go/kubernetes/fake"
	kind "sigs.k8s.io/kind/pkg/apis/config/v1alpha4"
	"sigs.k8s.io/yaml"
)

const namespace = "argocd"

// question: one of its parts is set.
type question struct {
	Health  *object     `json:"health"`  // which health has it?
	Actions *object     `json:"actions"` // which actions are offered?
	Act     *act        `json:"act"`     // what does an action make of it?
	Differs *difference `json:"differs"` // is it out of sync?
	Updated *update     `json:"updated"` // does such a change cause a refresh of its application?
	// What is wrong with a manifest of an Application, of a Kustomization, or of a cluster for kind?
	Application   json.RawMessage `json:"application"`
	Kustomization json.RawMessage `json:"kustomization"`
	Kind          json.RawMessage `json:"kind"`
	KStatus       *object         `json:"kstatus"` // which status has it for Flux, and for whatever else reads conditions?
}

type object map[string]any

// UnmarshalJSON keeps whole numbers whole, as objects from an API server have them.
func (o *object) UnmarshalJSON(text []byte) error {
	return utiljson.Unmarshal(text, (*map[string]any)(o))
}

type act struct {
	Action string `json:"action"`
	On     object `json:"on"`
}

type difference struct {
	Live    object `json:"live"`
	Desired object `json:"desired"`
	// Of the application.
	Ignore []v1alpha1.ResourceIgnoreDifferences `json:"ignore"`
}

type update struct {
	From object `json:"from"`
	To   object `json:"to"`
}

type healthAnswer struct {
	Status  string `json:"status"`
	Message string `json:"message"`
}

type actionAnswer struct {
	Name     string `json:"name"`
	Disabled bool   `json:"disabled"`
}

type resultAnswer struct {
	Operation string `json:"operation"`
	// What Argo CD sends to the API server.
	Patch json.RawMessage `json:"patch"`
}

func main() {
	logrus.SetLevel(logrus.ErrorLevel)
	if err := run(os.Args[1], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(configMap string, in io.Reader, out io.Writer) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	manager, err := settingsFrom(ctx, configMap)
	if err != nil {
		return err
	}
	var questions []question
	if err := json.NewDecoder(in).Decode(&questions); err != nil {
		return err
	}
	answers := make([]any, len(questions))
	for i, q := range questions {
		if answers[i], err = answer(manager, q); err != nil {
			return fmt.Errorf("question %d: %w", i+1, err)
		}
	}
	return json.NewEncoder(out).Encode(answers)
}

// settingsFrom reads a ConfigMap as Argo CD does.
func settingsFrom(ctx context.Context, path string) (*settings.SettingsManager, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var config corev1.ConfigMap
	if err := yaml.UnmarshalStrict(text, &config); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	labels := map[string]string{"app.kubernetes.io/part-of": "argocd"}
	config.ObjectMeta = metav1.ObjectMeta{Name: common.ArgoCDConfigMapName, Namespace: namespace, Labels: labels}
	secret := corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Name: common.ArgoCDSecretName, Namespace: namespace, Labels: labels},
		Data:       map[string][]byte{"admin.password": []byte("-"), "server.secretkey": []byte("-")},
	}
	manager := settings.NewSettingsManager(ctx, fake.NewClientset(&config, &secret), namespace)
	return manager, manager.ResyncInformers()
}

func answer(manager *settings.SettingsManager, q question) (any, error) {
	overrides, err := manager.GetResourceOverrides()
	if err != nil {
		return nil, err
	}
	vm := lua.VM{ResourceOverrides: overrides}
	switch {
	case q.Health != nil:
		found, err := health.GetResourceHealth(of(*q.Health), lua.ResourceHealthOverrides(overrides))
		if err != nil || found == nil {
			return nil, err
		}
		return healthAnswer{Status: string(found.Status), Message: found.Message}, nil
	case q.Actions != nil:
		return actionsOf(vm, of(*q.Actions))
	case q.Act != nil:
		return results(vm, of(q.Act.On), q.Act.Action)
	case q.Differs != nil:
		return differs(overrides, *q.Differs)
	case q.Updated != nil:
		return updated(manager, *q.Updated)
	case q.Application != nil:
		return mistakes(q.Application, &v1alpha1.Application{}), nil
	case q.Kustomization != nil:
		return mistakes(q.Kustomization, &kustomize.Kustomization{}), nil
	case q.Kind != nil:
		return mistakes(q.Kind, &kind.Cluster{}), nil
	case q.KStatus != nil:
		result, err := status.Compute(of(*q.KStatus))
		if err != nil {
			return nil, err
		}
		return healthAnswer{Status: string(result.Status), Message: result.Message}, nil
	}
	return nil, fmt.Errorf("nothing is asked")
}

func mistakes(manifest json.RawMessage, into any) string {
	if err := yaml.UnmarshalStrict(manifest, into); err != nil {
		return err.Error()
	}
	return ""
}

func of(fields object) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: fields}
}

func actionsOf(vm lua.VM, on *unstructured.Unstructured) (any, error) {
	scripts, err := vm.GetResourceActionDiscovery(on)
	if err != nil {
		return nil, err
	}
	offered, err := vm.ExecuteResourceActionDiscovery(on, scripts)
	if err != nil {
		return nil, err
	}
	answers := []actionAnswer{}
	for _, action := range offered {
		answers = append(answers, actionAnswer{Name: action.Name, Disabled: action.Disabled})
	}
	slices.SortFunc(answers, func(a, b actionAnswer) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	return answers, nil
}

func results(vm lua.VM, on *unstructured.Unstructured, name string) (any, error) {
	action, err := vm.GetResourceAction(on, name)
	if err != nil {
		return nil, err
	}
	live, err := on.MarshalJSON()
	if err != nil {
		return nil, err
	}
	impacted, err := vm.ExecuteResourceAction(on, action.ActionLua, nil)
	if err != nil {
		return nil, err
	}
	answers := []resultAnswer{}
	for _, one := range impacted {
		made, err := one.UnstructuredObj.MarshalJSON()
		if err != nil {
			return nil, err
		}
		patch, err := jsonpatch.CreateMergePatch(live, made)
		if err != nil {
			return nil, err
		}
		answers = append(answers, resultAnswer{Operation: string(one.K8SOperation), Patch: patch})
	}
	return answers, nil
}

func differs(overrides map[string]v1alpha1.ResourceOverride, d difference) (any, error) {
	config, err := diff.NewDiffConfigBuilder().
		WithDiffSettings(d.Ignore, overrides, false, normalizers.IgnoreNormalizerOpts{}).
		WithTracking("", string(v1alpha1.TrackingMethodAnnotation)).
		WithNoCache().
		Build()
	if err != nil {
		return nil, err
	}
	result, err := diff.StateDiff(of(d.Live), of(d.Desired), config)
	return result.Modified, err
}

// updated compares as controller/cache does (generateManifestHash).
func updated(manager *settings.SettingsManager, u update) (any, error) {
	overrides, err := manager.GetIgnoreResourceUpdatesOverrides()
	if err != nil {
		return nil, err
	}
	normalizer, err := normalizers.NewIgnoreNormalizer(nil, overrides, normalizers.IgnoreNormalizerOpts{})
	if err != nil {
		return nil, err
	}
	texts := [2]string{}
	for i, one := range []*unstructured.Unstructured{of(u.From), of(u.To)} {
		if err := normalizer.Normalize(one); err != nil {
			return nil, err
		}
		text, err := one.MarshalJSON()
		if err != nil {
			return nil, err
		}
		texts[i] = string(text)
	}
	return texts[0] != texts[1], nil
}
