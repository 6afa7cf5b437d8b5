"""The one address: straight to the view, without the many that anymail.urls would try first."""

from anymail.webhooks.amazon_ses import AmazonSESTrackingWebhookView
from django.urls import path

urlpatterns = [path("sns", AmazonSESTrackingWebhookView.as_view())]
