"""The words of mail programs, and of the people and gateways that write around a mail, in eleven languages; headings of mail in twelve more.

English, German, French, Dutch, Spanish, Italian, Portuguese, Danish, Swedish, Norwegian, Polish. Patterns look at lower-case text.
"""

# ruff: noqa: E501 - a row of words is easier to find in one long line than in a ladder

from __future__ import annotations

FROM = "from|von|de|expéditeur|van|da|fra|från|od|afzender|remitente|mittente|avsändare|avsender|nadawca|lähettäjä|odesílatel|odosielateľ|feladó|kimden|gönderen|от|від|expeditor|de la|από|差出人|送信者|发件人|發件人|寄件者|보낸 ?사람"
SENT = "sent|date|gesendet|datum|envoyé(?: le)?|date d['’]envoi|verzonden(?: op)?|enviado(?: el| em)?|enviada(?: em)?|fecha|data|inviato(?: il)?|sendt|dato|skickat|wysłano|data wysłania|lähetetty|päiväys|päivämäärä|odesláno|odoslané|elküldve|küldve|dátum|gönderildi|gönderilme(?: tarihi)?|tarih|отправлено|дата|надіслано|trimis|στάλθηκε|ημερομηνία|送信日時|日時|日付|发送时间|日期|傳送時間|寄件日期|보낸 ?날짜|날짜"
OTHER = (
    "to|cc|bcc|subject|reply[- ]to|importance|attachment(?:s|\\(s\\))?|an|kopie|bcc|betreff|antwort an|wichtigkeit|anlagen?|à|a|objet|répondre à|pièces? jointes?|aan|onderwerp|bijlagen?|para|asunto|adjuntos?|oggetto|allegati|"
    "assunto|anexos|til|kopi|emne|vedhæftede filer|till|kopia|ämne|bifogade filer|vedlegg|do|dw|temat|załączniki|vastaanottaja|kopio|aihe|komu|předmět|predmet|címzett|másolat|tárgy|kime|alıcı|bilgi|konu|кому|копия|копія|тема|către|subiect|προς|κοιν|θέμα|宛先|件名|收件人|主题|抄送|收件者|主旨|副本|받는 ?사람|제목|참조"
)
SUBJECT = "subject|betreff|objet|onderwerp|asunto|oggetto|assunto|emne|ämne|temat|aihe|předmět|predmet|tárgy|konu|тема|subiect|θέμα|件名|主题|主旨|제목"
WROTE = (
    r"wrote|writes|schrieb|a écrit|écrit|schreef|heeft\b.{0,120}?\bgeschreven|escribió|ha scritto|scrive|escreveu|skrev|napisał(?:\(?a\)?)?|napisała|pisze|kirjoitti|napsal(?:\(a\)|a|i)?|napísal\w{0,3}|írta|yazdı|написал[аи]?|пишет|пише|написав|a scris|đã viết|menulis|έγραψε|写道|寫道|작성"
)
"""What ends, or begins, the line above what somebody wrote."""
VISITOR = (
    "visitor|customer|client|end[- ]?user|user|guest|caller|requester|requestor|besucher|kunde|kundin|anrufer|client|visiteur|bezoeker|klant|visitante|cliente|usuario|utente|"
    "gæst|kund|besökare|gjest|bruker|gość|klient"
)
"""Who speaks to a helpdesk in a chat, as chat programs name them."""
MARKER = (
    r"(?:original|forwarded|replied) (?:message|mail|e-mail|appointment)|(?:begin|start of) forwarded message|ursprüngliche (?:nachricht|e-mail)|originalnachricht|original-?nachricht|weitergeleitete(?:n)? (?:nachricht|e-mail)|anfang der weitergeleiteten nachricht|"
    r"message (?:d['’]origine|original|transféré|transmis)|début du message (?:réexpédié|transféré)|oorspronkelijk bericht|doorgestuurd bericht|begin doorgestuurd bericht|mensaje (?:original|reenviado)|inicio del mensaje reenviado|messaggio (?:originale|inoltrato)|inizio messaggio inoltrato|"
    r"mensagem (?:original|encaminhada|reencaminhada)|início da mensagem (?:re)?encaminhada|oprindelig meddelelse|videresendt (?:besked|meddelelse|melding)|start på videresendt besked|ursprungligt meddelande|vidarebefordrat (?:meddelande|brev)|opprinnelig melding|begynnelse på videresendt melding|"
    r"wiadomość oryginalna|oryginalna wiadomość|(?:przekazana|przekazywana) wiadomość|początek przekazanej wiadomości|treść przekazanej wiadomości"
)
ABOVE = (
    r"(?:reply|respond|write|type your reply|type your response|enter your reply|your reply)(?: \w+){0,3} above (?:this|the) line|(?:antworten|antwort|schreiben)\b.{0,40}(?:über|oberhalb) dieser? (?:zeile|linie)|(?:répondre|répondez|réponse|écrivez)\b.{0,40}au-dessus de cette ligne|"
    r"(?:antwoord|reageer|typ)\b.{0,40}boven deze (?:regel|lijn)|(?:responda|escriba)\b.{0,40}(?:encima|arriba) de esta línea|(?:rispond\w+|scriv\w+)\b.{0,40}sopra questa (?:riga|linea)|(?:responda|escreva)\b.{0,40}acima desta linha|(?:svar|skriv)\b.{0,40}(?:over|ovenfor|ovanför|över) denn[ea] (?:linje|linjen|rad)|"
    r"(?:odpowied\w+|pisz)\b.{0,40}(?:powyżej|nad) tej linii|tą linią"
)
FAREWELL = (
    r"(?:(?:with )?(?:kind(?:est)?|best|warm(?:est)?|many|yours|all the) (?:regards|wishes|thanks|best)|(?:best |kind |warm )?regards|rgds|kr|brgds|br|thanks|thank you|thx|tia|ty|cheers|(?:yours )?(?:sincerely|faithfully|truly)(?: yours)?|best|have a (?:nice|good|great) (?:day|weekend|evening)|"
    r"mfg|(?:mit )?(?:freundlichen?|besten?|herzlichen?|vielen?|lieben?|schönen?|viele|liebe|beste|schöne|herzliche) (?:grüßen|grüssen|grüße|grüsse|gruß|gruss|dank)|lg|vg|gruß|grüße|danke(?: schön| im voraus)?|hochachtungsvoll|"
    r"(?:bien )?cordialement|bien à (?:vous|toi)|(?:meilleures|sincères|cordiales) salutations|merci(?: d['’]avance| beaucoup)?|bonne (?:journée|réception)|sincèrement|"
    r"(?:met )?(?:vriendelijke|hartelijke) groet(?:en)?|groet(?:en|jes)?|mvg|alvast bedankt|bedankt|dank u|"
    r"(?:un )?(?:cordial )?saludos?(?: cordiales)?|atentamente|(?:muchas )?gracias(?: de antemano)?|atte|"
    r"(?:cordiali|distinti) saluti|saluti|cordialmente|grazie(?: mille)?|"
    r"atenciosamente|(?:com os )?(?:melhores )?cumprimentos|cumprimentos|abraços?|obrigad[oa]|att|"
    r"(?:med )?(?:venlig|vennlig|kærlig|bedste|beste) hils(?:en|ner)|mvh|(?:på forhånd )?tak|hilsen|takk|(?:med )?(?:vänlig(?:a)?|bästa) hälsning(?:ar)?|hälsningar|tack(?: på förhand)?|"
    r"(?:serdecznie )?pozdrawiam|(?:z )?(?:poważaniem|pozdrowieniami)|dziękuję|z wyrazami szacunku)(?: (?:in advance|again|all|everyone|so much|very much|and regards|team|and best wishes))?"
)
DEVICE = (
    r"(?:sent from|sent via|sent with|get outlook for|von mein\w+ .{1,30} gesendet|gesendet (?:von|mit)|outlook für .{1,20} (?:beziehen|holen)|envoyé (?:de|depuis|à partir)|télécharger outlook pour|obtenir outlook pour|verzonden (?:vanaf|met|vanuit)|verstuurd (?:vanaf|met|vanuit)|outlook voor .{1,20} downloaden|"
    r"enviado (?:desde|do|a partir)|obtener outlook para|obter o outlook para|inviato da|scarica outlook per|ottieni outlook per|sendt fra|hent outlook (?:til|for)|skickat från|hämta outlook för|wysłane? z|pobierz (?:aplikację )?outlook)\b"
)

BOILERPLATE: dict[str, tuple[str, ...]] = {
    "external mail": (
        r"\b(?:e-?mail|message|mail|sender)\b.{0,40}\boriginat\w+.{0,20}\b(?:outside|external)", r"\bthis (?:e-?mail|message|mail|sender)\b.{0,20}\b(?:came|comes|is|was|sent)\b.{0,20}\b(?:outside|external)", r"^\W*(?:\[?(?:external|extern|externe|externo|esterno|ekstern|zewnętrzn\w+)(?: e-?mail| sender| message)?\]?)(?:\W{1,4}|$)",
        r"\bdo not (?:click|open)\b.{0,80}\b(?:links?|attachments?|unless|sender)", r"\bthink before you click\b", r"\bbe (?:careful|cautious|wary)\b.{0,40}\b(?:attachments?|links?)", r"\b(?:don['’]t|do not|rarely) (?:often )?(?:get|receive) e-?mails? from\b", r"\blearn why this is important\b",
        r"\bwe (?:have )?(?:removed|blocked|stripped) .{0,20}\battachments?\b", r"\bextern(?:en|er|em)? absender\b", r"\bvon außerhalb (?:der|ihrer|unserer)\b", r"\bklicken sie (?:nicht|keine)\b", r"\böffnen sie keine\b", r"\bextérieur de (?:l['’]organisation|votre|notre)\b", r"\bne cliquez pas\b", r"\bn['’]ouvrez (?:pas|aucun)",
        r"\bafkomstig van buiten\b|\bbuiten (?:de|uw|onze) organisatie\b", r"\bklik niet op\b", r"\bfuera de (?:la|su|nuestra) organización\b", r"\bno (?:haga clic|abra)\b.{0,40}\b(?:enlaces?|adjuntos?)", r"\b(?:esterno|esterna|fuori) (?:all['’]|dall['’])?organizzazione\b|\besterna all", r"\bnon (?:fare clic|cliccare|aprire)\b",
        r"\bfora da (?:sua |nossa )?organização\b", r"\bnão (?:clique|abra)\b", r"\buden for (?:organisationen|din)\b|\butanför organisationen\b|\butenfor organisasjonen\b", r"\b(?:klik|klikk|klicka) (?:ikke|inte) på\b", r"\bspoza (?:organizacji|firmy)\b", r"\bnie (?:klikaj|otwieraj)\b",
    ),
    "confidentiality": (
        r"^\W*(?:confidentiality|privacy|legal|disclaimer|haftungsausschluss|vertraulichkeitshinweis|avis de confidentialité|vertrouwelijkheid|aviso legal|aviso de confidencialidade|avviso di riservatezza)\b.{0,30}(?:notice|note|:|$)", r"\b(?:e-?mail|message|communication|transmission)\b.{0,80}\b(?:confidential|privileged|intended (?:only|solely|exclusively)|for the (?:sole|exclusive) use)", r"\b(?:if you (?:have|are)|if this)\b.{0,40}\b(?:received? (?:this|it)\b.{0,40}\b(?:error|mistake)|not the (?:intended|named) (?:recipient|addressee))",
        r"\b(?:unauthori[sz]ed|any) (?:\w+,? ){0,3}(?:copying|use|disclosure|distribution|dissemination)\b.{0,80}\b(?:prohibited|forbidden|unlawful)", r"\bintended (?:only|solely|exclusively) for (?:the )?(?:use|addressee|named|person|recipient)", r"\bnotify the sender\b", r"\baccept(?:s)? no (?:liability|responsibility)\b", r"\bregistered (?:in england|office|number|company|no\.? ?\d)|\bcompany registered in\b|\bvat (?:no|reg|number)\b", r"\bprivileged (?:and|or) confidential\b|\bmay contain privileged\b",
        r"\bvertrauliche? (?:informationen|und)\b|\brichtige(?:r)? (?:adressat|empfänger)\b|\b(?:irrtümlich|versehentlich) erhalten\b|\babsender\b.{0,60}\b(?:vernichten|löschen)|\b(?:geschäftsführer|sitz der gesellschaft|amtsgericht|handelsregister|ust-?id)\b", r"\bmessage\b.{0,60}\bconfidentiel|\bpas le (?:bon )?destinataire\b|\bexpéditeur\b.{0,40}\b(?:détruire|supprimer)|\breçu (?:ce message )?par erreur\b",
        r"\bbericht\b.{0,40}\bvertrouwelijk|\b(?:per abuis|ten onrechte|abusievelijk)\b.{0,30}\bontvangen\b|\bafzender\b.{0,60}\b(?:verwijderen|vernietigen)", r"\b(?:mensaje|correo|información)\b.{0,40}\bconfidencial|\bno es el destinatario\b|\brecibido\b.{0,30}\bpor error\b|\bremitente\b.{0,60}\b(?:elimin|borr|destruy)", r"\b(?:messaggio|e-?mail|informazioni)\b.{0,40}\briservat|\bricevut\w+ per errore\b|\bmittente\b.{0,60}\bcancell",
        r"\bmensagem\b.{0,40}\bconfidencial|\bnão (?:for|é) o destinatário\b|\brecebid\w+ por engano\b|\bremetente\b.{0,60}\b(?:apag|elimin)", r"\be-?(?:mail|post)\w*\b.{0,40}\b(?:fortrolig|konfidensiell|konfidentiell)|\b(?:modtaget|mottatt)\b.{0,30}\bved en feil\b|\bmodtaget\b.{0,30}\bfejl\b|\bfått\b.{0,30}\bav misstag\b|\b(?:afsender|avsender|avsändare)n?\b.{0,40}\b(?:slet|radera)",
        r"\bwiadomość\b.{0,40}\bpoufn|\bnie (?:są|jest)\b.{0,30}\badresatem\b|\bnadawcę\b.{0,40}\busun",
    ),
    "virus notice": (
        r"\b(?:e-?mail|message|attachments?)\b.{0,60}\b(?:scanned|checked|swept|verified)\b.{0,40}\b(?:virus|spam|malware|threat|by)", r"\bchecked\b.{0,30}\b(?:e-?mail|message)\b.{0,20}\bfor viruses\b", r"^\W*virus[- ]free\b", r"\bauf viren (?:geprüft|untersucht|gescannt)\b|\bvirenfrei\b", r"\b(?:vérifié|analysé|contrôlé)\b.{0,30}\b(?:antivirus|virus)\b|\bsans virus\b", r"\bop virussen (?:gecontroleerd|gescand)\b|\bvirusvrij\b",
        r"\b(?:analizado|comprobado|escaneado)\b.{0,40}\bvirus\b|\blibre de virus\b", r"\b(?:controllat\w+|verificat\w+|scansionat\w+)\b.{0,40}\b(?:virus|antivirus)\b|\bprivo di virus\b", r"\b(?:verificad\w+|analisad\w+)\b.{0,40}\b(?:vírus|antivírus)\b|\blivre de vírus\b", r"\b(?:scannet|kontrolleret|kontrollert|skannad|genomsökt)\b.{0,30}\bvirus", r"\b(?:sprawdzon\w+|przeskanowan\w+)\b.{0,40}\bwirus",
    ),
    "absence": (
        r"^\W*(?:automatic reply|auto(?:matic)?[- ]?(?:reply|response|responder)|out of (?:the )?office|automatische antwort|abwesenheitsnotiz|réponse automatique|automatisch antwoord|respuesta automática|risposta automatica|resposta automática|autosvar|automatisk svar|automatiskt svar|automatyczna odpowiedź)(?: reply)?\s?:",
        r"\bi(?:['’]m| am| will be|['’]ll be)\b.{0,40}\b(?:out of (?:the )?office|on (?:annual |sick |parental |maternity )?leave|on (?:vacation|holiday)|away (?:from|until)|(?:no|limited) access to (?:my )?e-?mails?)", r"\b(?:with|have) (?:no|limited) access to (?:my )?e-?mails?\b", r"\bwill (?:reply|respond|get back to you) (?:up)?on my return\b", r"\bfor urgent (?:matters|issues|requests)\b.{0,30}\bplease (?:contact|call)",
        r"\bich bin\b.{0,60}\b(?:nicht im (?:büro|haus)|abwesend|außer haus|im urlaub)", r"\bkeinen? zugriff auf meine e-?mails?\b", r"\bje suis\b.{0,40}\b(?:absente?|en congés?|en vacances)", r"\bik ben\b.{0,40}\b(?:afwezig|niet (?:op kantoor|aanwezig)|met vakantie|op vakantie)", r"\bgeen toegang tot mijn e-?mail", r"\b(?:estoy|estaré)\b.{0,40}\b(?:fuera de la oficina|de vacaciones|ausente)", r"\b(?:sono|sarò)\b.{0,40}\b(?:fuori ufficio|assente|in ferie|in vacanza)",
        r"\b(?:estou|estarei)\b.{0,40}\b(?:fora do escritório|de férias|ausente)", r"\bjeg er\b.{0,40}\b(?:ikke på kontoret|på ferie|fraværende|på kurs|bortreist)", r"\bjag är\b.{0,40}\b(?:inte på kontoret|på semester|ledig|frånvarande)", r"\bjestem\b.{0,40}\b(?:poza biurem|nieobecn\w+|na urlopie)",
    ),
    "acknowledgement": (
        r"\bthank(?:s| you) for (?:contacting|reaching out to|getting in touch|your (?:enquiry|inquiry|request|e-?mail))\b", r"\byour (?:request|ticket|enquiry|inquiry|case|e-?mail)\b.{0,40}\b(?:has been|was|is being) (?:received|logged|created|opened|registered|reviewed|assigned|closed|resolved|updated)", r"\bwe(?: have|['’]ve) (?:received|logged|assigned|opened|registered) your\b", r"\ba (?:new )?(?:support )?(?:ticket|case) has been (?:opened|created|logged|raised)\b(?! (?:with|by|at|to))", r"\byour (?:reference|ticket|case) (?:number )?is\b", r"\ban? (?:engineer|agent|technician) who will contact you\b",
        r"\bwill (?:contact|get back to|respond to|be in touch with) you (?:within|shortly|as soon)", r"\bdo not reply\b|\bthis (?:is an )?(?:e-?mail|message|alert|mail|notification) (?:was|is|has been)? ?(?:sent |generated )?automatic", r"\bthis is an (?:automated|automatic|auto-generated)\b", r"\bvielen dank für ihre (?:anfrage|nachricht|e-?mail|mail)\b", r"\bwir haben ihr(?:e|en)? (?:ticket|anfrage|e-?mail|nachricht)\b.{0,30}\b(?:erhalten|registriert)|\bwerden uns (?:in kürze|schnellstmöglich|baldmöglichst)\b", r"\bmerci de nous avoir contacté", r"\bvotre demande (?:a|est) (?:bien )?(?:été )?(?:enregistrée|reçue|prise)",
        r"\bbedankt voor uw (?:bericht|aanvraag|e-?mail|melding)\b|\bwij hebben uw\b.{0,30}\bontvangen\b", r"\bgracias por (?:contactar|ponerse en contacto|su (?:mensaje|consulta))|\bhemos recibido su\b", r"\bgrazie per (?:averci contattato|la (?:sua|vostra))|\babbiamo ricevuto la (?:sua|vostra)\b", r"\bobrigad[oa] por (?:contactar|entrar em contato|seu)|\brecebemos (?:a sua|o seu)\b", r"\btak for din henvendelse\b|\bvi har modtaget din\b|\btack för (?:ditt|din)\b|\bvi har (?:mottagit|fått) (?:ditt|din|ert)\b|\btakk for (?:din|at du)\b|\bvi har mottatt din\b", r"\bdziękujemy za (?:kontakt|zgłoszenie|wiadomość)\b|\botrzymaliśmy (?:twoje|państwa)\b",
    ),
    "message of a machine": (
        r"\bdescription automatically generated\b", r"\b(?:ai[- ](?:generated|assisted)|(?:created|generated|summari[sz]ed) (?:by|with|using) ai|copilot|chatgpt|ai)\b[^\n]{0,40}\b(?:may|might|can) (?:be (?:incorrect|inaccurate|wrong)|(?:contain|make) (?:errors|mistakes))", r"\bzjqcmqryfpfpt\w{3,30}|(?<![a-z] )\breport (?:phish(?:ing)?|suspicious)\b(?=\W*(?:$|mark safe|powered by))|\bmark safe report\b|(?<!is )(?<!are )\bpowered by (?:mimecast|proofpoint|barracuda|hornetsecurity)\b", r"\bthis (?:e-?mail )?message is from an? (?:external|unknown|untrusted|new|first[- ]time) sender\b", r"\b(?:ticket|case|request|incident)\s?#?\d[^\n]{0,80}?\bhas been (?:updated|received|assigned)\b(?=\s*(?:[.!:]|$|please\b|you\b|to (?:view|add|respond|reply)\b))", r"\bto (?:respond|reply|answer|comment|update)\b[^\n]{0,40}\b(?:reply to|respond to|answer) this (?:e-?mail|message)", r"\ba (?:new (?:ticket|request|case) (?:was|has been) (?:submitted|created|opened|raised|logged)|(?:ticket|request) (?:was|has been) (?:submitted|created)) (?:via|through|by|from|using)\b",
        r"\bhas sent you an? (?:protected|encrypted|secure) (?:message|e-?mail)\b", r"\bread the message\W*$", r"\blearn about messages protected by\b", r"\bprivacy statement\W*$|\bone microsoft way\b", r"\bthis e-?mail was sent from .{0,3}rnp[0-9a-f]+", r"\b(?:scan date|queries to)\s?:",
        r"\bscanned (?:from|with|by|using) an?\b.{0,60}\b(?:multifunction|mfp|scanner|copier|printer|device)", r"\bplease open the attached document\b.{0,60}\b(?:scanned|sent)\b", r"\[message clipped\]|\bview entire message\W*$", r"\breply stop to (?:opt[- ]?out|unsubscribe|end|cancel)\b", r"\bmsg ?(?:&|and) ?data rates may apply\b",
    ),
    "survey, list, paper": (
        r"\bhow did we do\b|\btell us how we did\b|\brate (?:our|your|the|this) (?:service|experience|support|technician|ticket)\b|\b(?:short|quick|brief|satisfaction) survey\b", r"(?:\b(?:to|click|or|here|please)\W{1,3}(?:here to )?unsubscribe\b|\bunsubscribe (?:here|from (?:this|these|our)|at any)\b)|\bno longer wish to receive\b|\bstop receiving these\b|\b(?:update|manage) your (?:e-?mail )?preferences\b", r"\bview (?:this e-?mail )?in (?:your )?browser\b", r"\b(?:consider|think of|think about) the environment\b", r"\bbewerten sie (?:uns|unseren)|\bnewsletter abmelden\b|\babbestellen\b|\bder umwelt zuliebe\b|\bdenken sie an die umwelt\b",
        r"\bévaluez\b|\benquête de satisfaction\b|\bse désabonner\b|\bdésinscri\w+|\bpensez à l['’]environnement\b", r"\bbeoordeel onze\b|\btevredenheidsonderzoek\b|\buitschrijven\b|\bafmelden voor\b|\b(?:denk aan het|spaar het) milieu\b", r"\bencuesta\b|\bdarse de baja\b|\bcancelar (?:la|su) suscripción\b|\bpiense en el medio ?ambiente\b", r"\bsondaggio\b|\bannulla(?:re)? l['’]iscrizione\b|\bdisiscri\w+|\bpensa all['’]ambiente\b", r"\bpesquisa de satisfação\b|\bcancelar (?:a )?(?:inscrição|subscrição)\b|\bpense no (?:meio )?ambiente\b",
        r"\btilfredshedsundersøgelse\b|\bafmeld(?:e)? (?:nyhedsbrev|dig)|\bkundundersökning\b|\bavregistrera\b|\bavprenumerera\b|\bavmeld\w*|\btænk på miljøet\b|\btänk på miljön\b|\btenk på miljøet\b", r"\bankiet\w*\b|\bwypisz się\b|\brezygnacj\w+ z subskrypcji\b|\bpomyśl o środowisku\b",
    ),
}  # fmt: skip
"""What gateways, lawyers and automata write, as sentences; each row holds one of the wordings."""
INJECTED = (
    r"\b(?:ignore|disregard|forget|override)\b.{0,30}\b(?:instructions?|prompts?|rules|directions|guidelines|everything above|all above)\b|^\W{0,4}system\s?:\s.{0,20}\b(?:you|set|mark|ignore|reset|make|change|delete|close|do|never|always|print|output|reply|add|remove|from now)\b|^\W{0,4}assistant\s?:|<\|[a-z_]{2,20}\|>|\[/?inst\]|<</?sys>>|"
    r"\b(?:set|make|mark|turn|change) (?:this|the|that) (?:note|ticket note|comment)\b.{0,20}\b(?:visible|public|external)|\byou are now an?\b|\bnew (?:task|instructions?) (?:is|are|for)\b|\bwhen (?:you|the (?:model|assistant|ai)) (?:summari[sz]es?|reads?|processe?s?)\b|\b(?:system|hidden) prompt\b|\bas an ai\b|"
    r"\b(?:respond|reply|answer|output) (?:only )?with (?:the )?(?:word|text|json)\b|\boutput the (?:word|text|following)\b|\b(?:to|dear|note to|attention) (?:the )?(?:ai|llm|language model|ai model|assistant|chatbot)\b|\bmark (?:this|everything|all(?: steps)?) .{0,20}\bas (?:fixed|worked|tried|done|resolved)"
)
"""Text that speaks to a program."""
