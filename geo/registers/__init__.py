"""Registers of others, brought into the gazetteer: door plates and POI as tables or layers."""
