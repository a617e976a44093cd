"""How a notice leaves the house: signed webhook, 政务微信, SMS; and which way is taken."""
