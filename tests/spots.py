"""Places of the shipped map that tests speak of, CGCS2000/WGS84."""

WEST = {"lon": 121.2610566, "lat": 31.3904594}  # 迎园社区, 30 m from its edge
EAST = {"lon": 121.270, "lat": 31.3865}  # 新望社区, 540 m from 新成路
ROAD = {"lon": 121.2636769, "lat": 31.3844737}  # a vertex of the dividing line
MALU = {"lon": 121.30, "lat": 31.3885}  # 马陆镇, 2.2 km east
NOBODY = {"lon": 116.39, "lat": 39.9}  # no neighbour of ours
SECRET = b"only for tests"  # what the application and the tests sign with
