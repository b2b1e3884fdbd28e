// The outlines of ships, for every painter. Each is one half; the other half is its mirror image.
// The unit is the ship's radius, with the nose towards +x.

/** Indices of `HULLS`. The own ship is a slender dart with swept wings; others are broad: fork, crescent,
 * hammer and wedge. */
export const OWN_HULL = 0;
export const OTHER_HULLS = [1, 2, 3, 4];

/** Points from the nose along one side to the tail; as many in each. */
export const HULLS = [
  [[1.38, 0], [0.28, 0.36], [-0.42, 0.98], [-0.98, 1.0], [-0.78, 0.4], [-0.92, 0.24], [-0.56, 0]],
  [[1.08, 0], [0.3, 0.3], [0.66, 1.08], [0.2, 1.2], [-0.66, 0.66], [-1.0, 0.26], [-0.76, 0]],
  [[0.72, 0], [0.62, 0.5], [0.92, 1.0], [0.1, 1.16], [-0.72, 0.82], [-1.06, 0.34], [-0.7, 0]],
  [[1.02, 0], [0.94, 0.62], [0.44, 0.7], [0.3, 0.34], [-0.48, 0.42], [-0.86, 1.04], [-1.08, 0]],
  [[1.22, 0], [0.2, 0.66], [-0.3, 0.5], [-0.42, 1.12], [-0.96, 1.06], [-1.06, 0.4], [-0.82, 0]],
];

/** The canopy: its middle and half extents. */
export const CANOPY = { x: 0.22, halfX: 0.34, halfY: 0.15 };
