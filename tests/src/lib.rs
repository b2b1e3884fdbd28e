//! What the tests of the whole share: the bodies of the fuzz targets.
