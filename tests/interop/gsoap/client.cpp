// A client as its author would write it: on the classes that wsdl2h and soapcpp2 made of the WSDLs.
//
// Takes a call per line from standard input and gives a line for each, as
// tests/fakes/foreign_clients.py says.

#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "soapCalculatorBindingProxy.h"
#include "soapEchoBindingProxy.h"
#include "soapWaiterBindingProxy.h"
#include "WaiterBinding.nsmap"

typedef std::map<std::string, std::string> Texts;

static std::string unhex(const std::string &hex) {
    std::string text;
    for (size_t i = 0; i + 1 < hex.size(); i += 2)
        text += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
    return text;
}

static std::string pair(const char *name, const std::string &value) {
    static const char digits[] = "0123456789abcdef";
    std::string line = std::string(" ") + name + "=";
    for (unsigned char byte : value) {
        line += digits[byte >> 4];
        line += digits[byte & 15];
    }
    return line;
}

static std::string pair(const char *name, const std::string *value) {
    return value ? pair(name, *value) : "";
}

// What is not given is a null pointer, as all that may be absent is in gSOAP.
static std::string *optional(Texts &given, const char *name) {
    Texts::iterator found = given.find(name);
    return found == given.end() ? nullptr : &found->second;
}

// The fault of the last call, with the declared detail where there is one.
template <typename Detail>
static std::string fault(soap *context, Detail *SOAP_ENV__Detail::*declared) {
    SOAP_ENV__Fault *found = context->fault;
    if (!found) {
        soap_print_fault(context, stderr);
        exit(1);
    }
    if (found->detail && found->detail->*declared) {
        Detail *detail = found->detail->*declared;
        return "fault" + pair("code", detail->code) + pair("message", detail->message);
    }
    return "undeclared" + pair("message", std::string(found->faultstring));
}

static std::string call_waiter(
    WaiterBindingProxy &waiter, const std::string &operation, Texts &given) {
    int problem = SOAP_OK;
    std::string line;
    if (operation == "startWaiter") {
        _ns1__startWaiter request;
        _ns1__startWaiterResponse answer;
        request.serviceID = given["serviceID"];
        request.sessionToken = given["sessionToken"];
        request.secondsToWait = optional(given, "secondsToWait");
        problem = waiter.startWaiter(&request, answer);
        line = pair("status_base64", answer.status_USCOREbase64) + pair("result", answer.result);
    } else if (operation == "getServiceStatus") {
        _ns1__getServiceStatus request;
        _ns1__getServiceStatusResponse answer;
        request.serviceID = given["serviceID"];
        request.sessionToken = given["sessionToken"];
        problem = waiter.getServiceStatus(&request, answer);
        line = pair("status_base64", answer.status_USCOREbase64) + pair("result", answer.result);
    } else {
        _ns1__abortService request;
        _ns1__abortServiceResponse answer;
        request.serviceID = given["serviceID"];
        request.sessionToken = given["sessionToken"];
        problem = waiter.abortService(&request, answer);
        line = pair("success", std::string(answer.success ? "true" : "false"));
    }
    if (problem)
        return fault(waiter.soap, &SOAP_ENV__Detail::ns1__ServiceFault);
    return "answer" + line;
}

static std::string divide(CalculatorBindingProxy &calculator, Texts &given) {
    _ns2__divide request;
    _ns2__divideResponse answer;
    request.sessionToken = optional(given, "sessionToken");
    request.a = given["a"];
    request.b = given["b"];
    if (calculator.divide(&request, answer))
        return fault(calculator.soap, &SOAP_ENV__Detail::ns2__ServiceFault);
    return "answer" + pair("result", answer.result);
}

static std::string say(EchoBindingProxy &echo, Texts &given) {
    _ns3__say request;
    _ns3__sayResponse answer;
    bool loud = given["loud"] == "true";
    enum _ns3__say_mood mood;
    request.sessionToken = optional(given, "sessionToken");
    request.words = given["words"];
    request.more = optional(given, "more");
    request.loud = given["loud"].empty() ? nullptr : &loud;
    request.count = optional(given, "count");
    request.ratio = optional(given, "ratio");
    // what is no value of an enumeration cannot even be said in this language
    if (std::string *given_mood = optional(given, "mood")) {
        soap_s2_ns3__say_mood(echo.soap, given_mood->c_str(), &mood);
        request.mood = &mood;
    }
    request.tone = optional(given, "tone");
    if (echo.say(&request, answer))
        return fault(echo.soap, &SOAP_ENV__Detail::ns3__ServiceFault);
    std::string again = answer.loud && *answer.loud ? "true" : "false";
    return "answer" + pair("said", answer.said) + pair("more", answer.more) +
           pair("loud", answer.loud ? &again : nullptr) + pair("rest", answer.rest);
}

static const char AFTER_ITEM = '\x1f';

static std::vector<std::string> items(const std::string &text) {
    std::vector<std::string> found;
    std::istringstream stream(text);
    for (std::string item; std::getline(stream, item, AFTER_ITEM);)
        found.push_back(item);
    return found;
}

static std::string gather(EchoBindingProxy &echo, Texts &given) {
    _ns3__gather request;
    _ns3__gatherResponse answer;
    request.sessionToken = optional(given, "sessionToken");
    request.password = given["password"];
    request.sizes = items(given["sizes"]);
    request.items = items(given["items"]);
    if (echo.gather(&request, answer))
        return fault(echo.soap, &SOAP_ENV__Detail::ns3__ServiceFault);
    std::string all;
    for (const std::string &item : answer.all)
        all += item + AFTER_ITEM;
    return "answer" + pair("all", all) + pair("opened", answer.opened);
}

static std::string address(const std::string &wsdl) { return wsdl.substr(0, wsdl.find('?')); }

int main(int count, char **arguments) {
    if (count != 4)
        return 2;
    // a proxy keeps no copy of its address
    const std::string waiter_at = address(arguments[1]);
    const std::string calculator_at = address(arguments[2]);
    const std::string echo_at = address(arguments[3]);
    WaiterBindingProxy waiter(waiter_at.c_str(), SOAP_C_UTFSTRING);
    CalculatorBindingProxy calculator(calculator_at.c_str(), SOAP_C_UTFSTRING);
    EchoBindingProxy echo(echo_at.c_str(), SOAP_C_UTFSTRING);
    std::string line;
    while (std::getline(std::cin, line)) {
        std::istringstream words(line);
        std::string operation, word;
        Texts given;
        words >> operation;
        while (words >> word) {
            size_t equals = word.find('=');
            given[word.substr(0, equals)] = unhex(word.substr(equals + 1));
        }
        if (operation == "divide")
            std::cout << divide(calculator, given) << std::endl;
        else if (operation == "say")
            std::cout << say(echo, given) << std::endl;
        else if (operation == "gather")
            std::cout << gather(echo, given) << std::endl;
        else
            std::cout << call_waiter(waiter, operation, given) << std::endl;
    }
    return 0;
}
