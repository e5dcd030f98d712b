// The bracket of the mesher example: two gussets, four screw holes, and a boss with a bore.
// Made into STEP by:  gmsh bracket.geo -0 -o bracket.step  (lengths in millimetres)
SetFactory("OpenCASCADE");

// Base plate and upright, joined at the back
Box(1) = {0, 0, 0, 120, 90, 12};
Box(2) = {0, 0, 0, 120, 14, 100};

// Two gussets between them
Point(1001) = {20, 14, 12};
Point(1002) = {20, 80, 12};
Point(1003) = {20, 14, 78};
Line(1001) = {1001, 1002};
Line(1002) = {1002, 1003};
Line(1003) = {1003, 1001};
Curve Loop(1001) = {1001, 1002, 1003};
Plane Surface(1001) = {1001};
left[] = Extrude {10, 0, 0} { Surface{1001}; };
right[] = Translate {70, 0, 0} { Duplicata { Volume{left[1]}; } };

// A boss on the upright, with a bore through it
Cylinder(10) = {60, -8, 62, 0, 34, 0, 24};
plate() = BooleanUnion{ Volume{1}; Delete; }{ Volume{2, 10, left[1], right[0]}; Delete; };
Cylinder(11) = {60, -10, 62, 0, 40, 0, 14};

// Screw holes: four in the base
For i In {0:1}
  For j In {0:1}
    Cylinder(20 + 2*i + j) = {10 + 100*i, 32 + 40*j, -1, 0, 0, 14, 5.5};
  EndFor
EndFor
body() = BooleanDifference{ Volume{plate()}; Delete; }{ Volume{11, 20, 21, 22, 23}; Delete; };
