/* provider.c - who runs the mailboxes of a domain. */
#include "ses/provider.h"

#include <string.h>

#include "base/text.h"
#include "ses/diagnostic.h"

/* Consumer domains, from the providers' own sign-up pages; a name that ends in a dot
 * stands for all the countries ("yahoo." for yahoo.fr, yahoo.co.jp, …). */
static const struct {
	const char *provider;
	const char *domains[16];
} consumers[] = {
	{"google", {"gmail.com", "googlemail.com"}},
	{"microsoft", {"outlook.", "hotmail.", "live.", "msn.com", "passport.com",
			      "windowslive.com"}},
	{"yahoo", {"yahoo.", "ymail.com", "rocketmail.com", "aol.", "aim.com",
			  "netscape.net", "verizon.net", "myyahoo.com"}},
	{"apple", {"icloud.com", "me.com", "mac.com"}},
	{"united-internet", {"gmx.", "web.de", "mail.com", "1und1.de"}},
	{"proton", {"proton.me", "protonmail.com", "protonmail.ch", "pm.me"}},
	{"zoho", {"zoho.com", "zohomail.com", "zohomail.eu"}},
	{"fastmail", {"fastmail.com", "fastmail.fm"}},
	{"yandex", {"yandex.", "ya.ru"}},
	{"mail.ru", {"mail.ru", "bk.ru", "inbox.ru", "list.ru", "internet.ru"}},
	{"naver", {"naver.com"}},
	{"tencent", {"qq.com", "foxmail.com"}},
	{"netease", {"163.com", "126.com", "yeah.net"}},
	{"docomo", {"docomo.ne.jp"}},
	{"au", {"au.com", "ezweb.ne.jp"}},
	{"softbank", {"softbank.ne.jp", "i.softbank.jp", "ymobile.ne.jp"}},
	{"comcast", {"comcast.net", "xfinity.com"}},
	{"orange", {"orange.fr", "wanadoo.fr"}},
};

/* What the servers of hosted domains say of themselves in every reply. */
static const struct {
	const char *words, *provider;
} speakers[] = {
	{"gsmtp", "google"},
	{"support.google.com", "google"},
	{"google.com", "google"},
	{"protection.outlook.com", "microsoft"},
	{"prod.outlook.com", "microsoft"},
	{"yahoodns.net", "yahoo"},
	{"icloud.com", "apple"},
	{"pphosted.com", "proofpoint"},
	{"mimecast", "mimecast"},
	{"zoho.com", "zoho"},
	{"messagingengine.com", "fastmail"},
	{"secureserver.net", "godaddy"},
	{"kundenserver.de", "united-internet"},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool fits(const char *domain, const char *known)
{
	return text_ends(known, ".") ? text_begins(domain, known)
				     : text_equal(domain, known);
}

const char *ses_provider_of_reply(const char *reply)
{
	for (size_t i = 0; i < COUNT(speakers); i++)
		if (ses_diagnostic_has(reply, speakers[i].words))
			return speakers[i].provider;
	return NULL;
}

const char *ses_provider_of(const char *domain, const char *reply)
{
	const char *by_reply;

	for (size_t i = 0; i < COUNT(consumers); i++)
		for (size_t j = 0; j < COUNT(consumers[i].domains) &&
				   consumers[i].domains[j] != NULL;
			j++)
			if (fits(domain, consumers[i].domains[j]))
				return consumers[i].provider;
	by_reply = reply == NULL ? NULL : ses_provider_of_reply(reply);
	return by_reply == NULL ? domain : by_reply;
}
