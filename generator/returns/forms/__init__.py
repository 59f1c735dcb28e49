"""An official form that was filled in Word or WPS, read back into data by the template it was made from."""
