export { isAbsolutePath, isArtifactName, isArtifactVersion, isPlainUrl, isRelativePath } from '../base/safe-text.ts';
