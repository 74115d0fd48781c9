/** Sets of layers that an image may hold, in the words of `--layers`. */
export const layerChoices = ['image', 'image,cluster'] as const;
