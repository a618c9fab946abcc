// SPDX-License-Identifier: MIT
#include "webapi/looking/openapi.h"

#include <boost/json/array.hpp>

#include <cctype>
#include <optional>
#include <string_view>

#include "common/util/text.h"
#include "webapi/looking/parameters.h"

namespace aircheck::webapi {

namespace json = boost::json;

namespace {

constexpr std::string_view kOfAll =
    "Records the radio and plays any moment of it back. Times are in the station's own time zone, "
    "unless they end in Z. With a single station, /{station} may be left out.";

json::object Reference(std::string_view kind, std::string_view name) {
    return {{"$ref", "#/components/" + std::string(kind) + "/" + std::string(name)}};
}

/// The names in braces, each once and in order.
std::vector<std::string_view> NamesIn(std::string_view pattern) {
    std::vector<std::string_view> names;
    for (std::size_t at = pattern.find('{'); at != std::string_view::npos;
         at = pattern.find('{', at + 1)) {
        names.push_back(pattern.substr(at + 1, pattern.find('}', at) - at - 1));
    }
    return names;
}

std::vector<std::string_view> NamesInList(std::string_view list) {
    std::vector<std::string_view> names;
    for (std::string_view item : util::Split(list, ','))
        if (item = util::Trim(item); !item.empty()) names.push_back(item);
    return names;
}

/// Of "ext=svg&px=600".
std::optional<std::string_view> ValueIn(std::string_view examples, std::string_view name) {
    for (std::string_view item : util::Split(examples, '&')) {
        const std::size_t equals = item.find('=');
        if (item.substr(0, equals) == name && equals != std::string_view::npos)
            return item.substr(equals + 1);
    }
    return std::nullopt;
}

std::string OneLine(std::string text) {
    for (char& c : text)
        if (c == '\n') c = ' ';
    return text;
}

/// "getStationSlicesSlice": unique, as method and pattern are.
std::string OperationId(std::string_view method, std::string_view pattern) {
    std::string id(method);
    bool begins = true;
    for (const char c : pattern) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '_') id += "And";
        if (std::isalnum(byte) == 0) {
            begins = true;
            continue;
        }
        id.push_back(begins ? static_cast<char>(std::toupper(byte)) : c);
        begins = false;
    }
    return id;
}

/// Makes the parts of the document, and collects the parameters that they refer to.
class Writer {
public:
    explicit Writer(const Services& services) : services_(services) {}

    void Add(const Route& route) {
        json::value& path = paths_[route.pattern];
        if (!path.is_object()) path = json::object{{"parameters", PathParameters(route)}};
        for (std::string_view method : NamesInList(route.methods)) {
            const std::string word = util::ToLower(method);
            path.as_object()[word] = Operation(route, word);
        }
    }

    json::object Finish(const std::string& base) {
        json::object document;
        document["openapi"] = "3.1.0";
        document["info"] = {
            {"title", "Aircheck"}, {"version", AIRCHECK_VERSION}, {"description", kOfAll}};
        const std::string url = base == "/" ? base : base.substr(0, base.size() - 1);
        document["servers"] = json::array{json::object{{"url", url}}};
        document["paths"] = std::move(paths_);
        document["components"] = {{"parameters", std::move(parameters_)},
                                  {"responses", {{"Error", Error()}}},
                                  {"securitySchemes",
                                   {{"token",
                                     {{"type", "http"},
                                      {"scheme", "bearer"},
                                      {"description", "What is in token_file."}}}}}};
        return document;
    }

private:
    json::object Describe(std::string_view name, std::string_view in, const Route& route) const {
        const Parameter parameter = FindParameter(name);
        json::object schema{{"type", "string"}};
        if (name == "station") {
            json::array callsigns;
            for (const auto& station : services_.config.stations)
                callsigns.emplace_back(station.callsign);
            schema["enum"] = std::move(callsigns);
        }
        json::object object{{"name", name}, {"in", in}, {"schema", std::move(schema)}};
        if (in == "path") object["required"] = true;
        if (!parameter.description.empty()) object["description"] = parameter.description;
        std::string example = ExampleHere(name, route.pattern, services_);
        if (example.empty()) example = parameter.example;
        if (const auto own = ValueIn(route.details.examples, name)) example = *own;
        if (!example.empty() || in == "query") object["example"] = example;
        if (in == "query" && example.empty()) object["allowEmptyValue"] = true;
        return object;
    }

    /// By reference, unless this route has an example of its own.
    json::object Refer(std::string_view name, std::string_view in, const Route& route) {
        json::object described = Describe(name, in, route);
        const bool own = IsSpecial(route.pattern) || ValueIn(route.details.examples, name);
        if (own) return described;
        parameters_[name] = std::move(described);
        return Reference("parameters", name);
    }

    json::array PathParameters(const Route& route) {
        json::array list;
        for (const std::string_view name : NamesIn(route.pattern))
            list.push_back(Refer(name, "path", route));
        return list;
    }

    json::object Operation(const Route& route, const std::string& method) {
        json::object operation;
        operation["operationId"] = OperationId(method, route.pattern);
        operation["tags"] = json::array{route.details.group};
        operation["summary"] = route.summary.substr(0, route.summary.find('\n'));
        operation["description"] = OneLine(route.summary);
        json::array query;
        for (const std::string_view name : NamesInList(route.details.query))
            query.push_back(Refer(name, "query", route));
        if (!query.empty()) operation["parameters"] = std::move(query);
        if (Operates(route))
            operation["security"] =
                json::array{json::object{}, json::object{{"token", json::array{}}}};
        operation["responses"] = Responses(route, method);
        return operation;
    }

    static bool Operates(const Route& route) {
        return route.methods.find("POST") != std::string::npos;
    }

    static json::object Responses(const Route& route, std::string_view method) {
        json::object content;
        for (const std::string_view media : NamesInList(route.details.media))
            content[media] = json::object{};
        json::object good{{"description", "What was asked for."}};
        if (method != "head") good["content"] = content;
        json::object responses{{Operates(route) ? "202" : "200", good}};
        if (route.details.ranges) {
            content["multipart/byteranges"] = json::object{};
            json::object part{{"description", "The ranges of bytes that were asked for."}};
            part["content"] = std::move(content);
            if (method != "head") responses["206"] = std::move(part);
            responses["304"] = {{"description", "It has not changed."}};
        }
        if (route.details.costly) responses["429"] = Reference("responses", "Error");
        responses["4XX"] = Reference("responses", "Error");
        responses["5XX"] = Reference("responses", "Error");
        return responses;
    }

    static json::object Error() {
        const json::object text{{"type", "string"}};
        const json::object schema{
            {"type", "object"},
            {"required", json::array{"result", "error", "hint"}},
            {"properties", {{"result", {{"const", false}}}, {"error", text}, {"hint", text}}}};
        return {{"description", "A sentence that says what is wrong, and what to try."},
                {"content", {{"application/json", {{"schema", schema}}}}}};
    }

    const Services& services_;
    json::object paths_;
    json::object parameters_;
};

}  // namespace

json::object OpenApi(const Services& services, const std::vector<Route>& routes,
                     const std::string& base) {
    Writer writer(services);
    for (const Route& route : routes) writer.Add(route);
    return writer.Finish(base);
}

}  // namespace aircheck::webapi
