"""The file that describes a programme, written: as a workbook for officials, as YAML."""
