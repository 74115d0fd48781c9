import { milliseconds } from './go-values.ts';
import { gateIsOpen } from './kubelet-gates.ts';
import { type FinalValues, type Relation, refusal } from './relation.ts';

const time = (values: FinalValues, field: string): number => milliseconds(values.value(field)) ?? 0;

/** Zero, or a second and more: what is between would round to nothing. */
function wholeSeconds(field: string): Relation {
  return {
    minors: '1.20-1.36',
    fields: [field],
    refuses(values) {
      const span = time(values, field);
      if (!gateIsOpen(values, 'GracefulNodeShutdown') || span === 0 || span >= 1000) return undefined;
      const message = `${field} ${values.value(field)} is neither 0s nor a second or more`;
      return refusal('kubelet-shutdown', message, 'write whole seconds, for example 30s');
    },
  };
}

const imageAges: Relation = {
  minors: '1.29-1.36',
  fields: ['imageMaximumGCAge', 'imageMinimumGCAge'],
  refuses(values) {
    const [most, least] = [time(values, 'imageMaximumGCAge'), time(values, 'imageMinimumGCAge')];
    if (most <= 0 || most > least) return undefined;
    const [max, min] = [values.value('imageMaximumGCAge'), values.value('imageMinimumGCAge')];
    const message = `imageMaximumGCAge ${max} is not more than imageMinimumGCAge ${min}`;
    return refusal('kubelet-image-ages', message, 'raise imageMaximumGCAge, or set it to 0s');
  },
};

const criticalWithinAll: Relation = {
  minors: '1.20-1.36',
  fields: ['shutdownGracePeriodCriticalPods', 'shutdownGracePeriod'],
  refuses(values) {
    const [critical, all] = ['shutdownGracePeriodCriticalPods', 'shutdownGracePeriod'] as const;
    if (!gateIsOpen(values, 'GracefulNodeShutdown') || time(values, critical) <= time(values, all)) return undefined;
    const message = `${critical} ${values.value(critical)} is more than ${all} ${values.value(all)}, of which it is a part`;
    return refusal('kubelet-shutdown', message, `raise ${all}`);
  },
};

const oneShutdown: Relation = {
  minors: '1.23-1.36',
  fields: ['shutdownGracePeriodByPodPriority', 'shutdownGracePeriod'],
  refuses(values) {
    const steps = values.value('shutdownGracePeriodByPodPriority');
    const both = time(values, 'shutdownGracePeriod') > 0 || time(values, 'shutdownGracePeriodCriticalPods') > 0;
    if (!Array.isArray(steps) || steps.length === 0 || !both) return undefined;
    if (!gateIsOpen(values, 'GracefulNodeShutdownBasedOnPodPriority')) return undefined;
    const message = 'shutdownGracePeriodByPodPriority and shutdownGracePeriod exclude each other';
    return refusal('kubelet-shutdown', message, 'keep one of them');
  },
};

/** pkg/kubelet/apis/config/validation/validation.go: grace periods of a shutdown, ages of images. */
export const kubeletTimes: readonly Relation[] = [
  imageAges,
  criticalWithinAll,
  oneShutdown,
  wholeSeconds('shutdownGracePeriod'),
  wholeSeconds('shutdownGracePeriodCriticalPods'),
];
