// The outlines of ships, for every painter. Half of each: the other half is its mirror image.
// In radii of a ship, nose to +x.

/** Indices of `HULLS`. The own ship is a dart with wings swept back, others reach forward. */
export const OTHER_HULL = 0;
export const OWN_HULL = 1;

/** From the nose along one side to the tail. */
export const HULLS = [
  [[1.12, 0], [0.42, 0.3], [0.58, 0.86], [0.2, 1.0], [-0.5, 0.78], [-0.92, 0.28], [-0.62, 0]],
  [[1.38, 0], [0.28, 0.36], [-0.42, 0.98], [-0.98, 1.0], [-0.78, 0.4], [-0.92, 0.24], [-0.56, 0]],
];

/** The canopy: middle and half extents. */
export const CANOPY = { x: 0.22, halfX: 0.34, halfY: 0.15 };
