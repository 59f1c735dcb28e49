"""Word files and workbooks as packages of XML: one map of namespaces, one safe parser, one reader of packages."""
