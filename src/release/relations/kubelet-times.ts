import { milliseconds } from './go-values.ts';
import { gateIsOpen } from './kubelet-gates.ts';
import { say } from './messages.ts';
import type { FinalValues, Relation } from './relation.ts';

const time = (values: FinalValues, field: string): number => milliseconds(values.value(field)) ?? 0;

/** Zero, or at least a second: values between would round to zero. */
function wholeSeconds(field: string): Relation {
  return {
    minors: '1.20-1.36',
    fields: [field],
    refuses(values) {
      const span = time(values, field);
      if (!gateIsOpen(values, 'GracefulNodeShutdown') || span === 0 || span >= 1000) return undefined;
      return say('kubelet-shutdown/seconds', { field, value: values.value(field) });
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
    return say('kubelet-image-ages', { max, min });
  },
};

const criticalWithinAll: Relation = {
  minors: '1.20-1.36',
  fields: ['shutdownGracePeriodCriticalPods', 'shutdownGracePeriod'],
  refuses(values) {
    const [critical, all] = ['shutdownGracePeriodCriticalPods', 'shutdownGracePeriod'] as const;
    if (!gateIsOpen(values, 'GracefulNodeShutdown') || time(values, critical) <= time(values, all)) return undefined;
    return say('kubelet-shutdown/critical', {
      critical,
      criticalValue: values.value(critical),
      all,
      allValue: values.value(all),
    });
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
    return say('kubelet-shutdown/one');
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
