"""A receiver of SES feedback as it is written for Django: anymail's tracking view, and what its signal is kept as."""
