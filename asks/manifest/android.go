package manifest

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
)

// androidSpace is the XML name space of Android's attributes.
const androidSpace = "http://schemas.android.com/apk/res/android"

const toolsSpace = "http://schemas.android.com/tools"

// bound are permissions that a service is declared with so that the system,
// and nobody else, may call it: declaring one is how an app asks for the access.
var bound = map[string]bool{
	"android.permission.BIND_NOTIFICATION_LISTENER_SERVICE": true,
	"android.permission.BIND_ACCESSIBILITY_SERVICE":         true,
	"android.permission.BIND_VPN_SERVICE":                   true,
}

// readXML tells an Android manifest from a property list by its root.
func (m *Manifest) readXML(raw []byte) error {
	d := xml.NewDecoder(bytes.NewReader(raw))
	for {
		token, err := d.Token()
		if err != nil {
			return m.badXML(d, err)
		}
		if root, ok := token.(xml.StartElement); ok {
			switch root.Name.Local {
			case "manifest":
				return m.readAndroid(d, root)
			case "plist":
				return m.readPlist(raw)
			}
			line, _ := d.InputPos()
			return bad(m.Name, line, whatManifestsAre, "its root is <%s>, not <manifest> or <plist>", root.Name.Local)
		}
	}
}

// badXML names the line. A name that only a document type declares is not looked up.
func (m *Manifest) badXML(d *xml.Decoder, err error) error {
	line, _ := d.InputPos()
	if errors.Is(err, io.EOF) {
		return bad(m.Name, line, "give the whole file", "the file ends in the middle")
	}
	var syntax *xml.SyntaxError
	if errors.As(err, &syntax) {
		if strings.Contains(syntax.Msg, "entity") {
			return bad(m.Name, syntax.Line, "write the text itself in its place", "%s: entities are never expanded", syntax.Msg)
		}
		return bad(m.Name, syntax.Line, "correct the XML", "%s", syntax.Msg)
	}
	return bad(m.Name, line, "correct the XML", "%v", err)
}

func (m *Manifest) readAndroid(d *xml.Decoder, root xml.StartElement) error {
	m.Kind = Android
	m.App = attribute(root, "", "package")
	for depth := 1; depth > 0; {
		token, err := d.Token()
		if err != nil {
			return m.badXML(d, err)
		}
		switch e := token.(type) {
		case xml.EndElement:
			depth--
		case xml.StartElement:
			depth++
			line, _ := d.InputPos()
			switch e.Name.Local {
			case "uses-permission":
				m.usesPermission(e, line, 0)
			case "uses-permission-sdk-23", "uses-permission-sdk-m":
				m.usesPermission(e, line, 23)
			case "service":
				if id := attribute(e, androidSpace, "permission"); bound[id] {
					m.keep(Permission{ID: id, As: id, Line: line})
				}
			}
		}
	}
	return nil
}

// usesPermission reads one element. An API level that is no number bounds nothing.
func (m *Manifest) usesPermission(e xml.StartElement, line, from int) {
	id := strings.TrimSpace(attribute(e, androidSpace, "name"))
	until, _ := strconv.Atoi(attribute(e, androidSpace, "maxSdkVersion"))
	switch {
	case attribute(e, toolsSpace, "node") == "remove" || attribute(e, toolsSpace, "node") == "removeAll":
		m.leave("taken out when the app is built")
	case !named(id):
		m.leave("without a name")
	case m.App != "" && strings.HasPrefix(id, m.App+".") || strings.HasPrefix(id, "${applicationId}"):
		m.leave("the app's own")
	default:
		m.keep(Permission{ID: id, As: id, Line: line, From: from, Until: max(until, 0)})
	}
}

func attribute(e xml.StartElement, space, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name && a.Name.Space == space {
			return a.Value
		}
	}
	return ""
}
