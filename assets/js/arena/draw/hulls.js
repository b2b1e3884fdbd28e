// The outlines of ships, for every painter. Each is one half; the other half is its mirror image.
// The unit is the ship's radius, with the nose towards +x.

/** Indices of `HULLS`. The own ship is a dart with swept wings, others have forward wings. */
export const OTHER_HULL = 0;
export const OWN_HULL = 1;

/** Points from the nose along one side to the tail. */
export const HULLS = [
  [[1.08, 0], [0.3, 0.3], [0.66, 1.08], [0.2, 1.2], [-0.66, 0.66], [-1.0, 0.26], [-0.76, 0]],
  [[1.38, 0], [0.28, 0.36], [-0.42, 0.98], [-0.98, 1.0], [-0.78, 0.4], [-0.92, 0.24], [-0.56, 0]],
];

/** The canopy: its middle and half extents. */
export const CANOPY = { x: 0.22, halfX: 0.34, halfY: 0.15 };
