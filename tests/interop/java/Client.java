// A client as its author would write it: on the classes that wsimport made from the WSDLs.
//
// Takes a call per line from standard input and gives a line for each, as
// tests/fakes/foreign_clients.py says.

import calculator.CalculatorPortType;
import echo.EchoPortType;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.xml.ws.Holder;
import javax.xml.ws.soap.SOAPFaultException;
import waiter.WaiterPortType;

public class Client {
    private static final HexFormat HEX = HexFormat.of();
    private static final char AFTER_ITEM = '\u001f';

    private final WaiterPortType waiter;
    private final CalculatorPortType calculator;
    private final EchoPortType echo;

    private Client(String[] wsdls) throws Exception {
        waiter = new waiter.Waiter(new URL(wsdls[0])).getWaiterPort();
        calculator =
            new calculator.Calculator(new URL(wsdls[1])).getCalculatorPort();
        echo = new echo.Echo(new URL(wsdls[2])).getEchoPort();
    }

    public static void main(String[] arguments) throws Exception {
        Client client = new Client(arguments);
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            System.out.println(client.answer(line));
        }
    }

    private String answer(String line) {
        String[] words = line.split(" ");
        Map<String, String> given = new HashMap<>();
        for (int i = 1; i < words.length; i++) {
            String[] pair = words[i].split("=", 2);
            given.put(pair[0], new String(HEX.parseHex(pair[1]), StandardCharsets.UTF_8));
        }
        try {
            return "answer" + call(words[0], given);
        } catch (waiter.ServiceFault_Exception fault) {
            return fault(fault.getFaultInfo().getCode(), fault.getFaultInfo().getMessage());
        } catch (calculator.ServiceFault_Exception fault) {
            return fault(fault.getFaultInfo().getCode(), fault.getFaultInfo().getMessage());
        } catch (echo.ServiceFault_Exception fault) {
            return fault(fault.getFaultInfo().getCode(), fault.getFaultInfo().getMessage());
        } catch (SOAPFaultException undeclared) {
            return "undeclared" + pair("message", undeclared.getFault().getFaultString());
        }
    }

    private String call(String operation, Map<String, String> given)
        throws waiter.ServiceFault_Exception, calculator.ServiceFault_Exception,
            echo.ServiceFault_Exception {
        String token = given.get("sessionToken");
        Holder<String> status = new Holder<>();
        Holder<String> result = new Holder<>();
        switch (operation) {
            case "startWaiter":
                String seconds = given.get("secondsToWait");
                waiter.startWaiter(
                    given.get("serviceID"),
                    token,
                    seconds == null ? null : Integer.valueOf(seconds),
                    status,
                    result);
                return pair("status_base64", status.value) + pair("result", result.value);
            case "getServiceStatus":
                waiter.getServiceStatus(given.get("serviceID"), token, status, result);
                return pair("status_base64", status.value) + pair("result", result.value);
            case "abortService":
                boolean success = waiter.abortService(given.get("serviceID"), token);
                return pair("success", String.valueOf(success));
            case "divide":
                BigDecimal quotient =
                    calculator.divide(
                        token, new BigDecimal(given.get("a")), new BigDecimal(given.get("b")));
                return pair("result", quotient.toPlainString());
            case "say":
                return say(token, given);
            case "gather":
                return gather(token, given);
            default:
                throw new IllegalArgumentException(operation);
        }
    }

    private String say(String token, Map<String, String> given)
        throws echo.ServiceFault_Exception {
        Holder<String> said = new Holder<>();
        Holder<String> more = new Holder<>(given.get("more"));
        String loud = given.get("loud");
        Holder<Boolean> again = new Holder<>(loud == null ? null : Boolean.valueOf(loud));
        Holder<String> rest = new Holder<>();
        String count = given.get("count");
        String ratio = given.get("ratio");
        echo.say(
            token,
            given.get("words"),
            more,
            again,
            count == null ? null : Integer.valueOf(count),
            ratio == null ? null : new BigDecimal(ratio),
            given.get("mood"),
            given.get("tone"),
            said,
            rest);
        return pair("said", said.value)
            + pair("more", more.value)
            + pair("loud", again.value == null ? null : again.value.toString())
            + pair("rest", rest.value);
    }

    private String gather(String token, Map<String, String> given)
        throws echo.ServiceFault_Exception {
        Holder<List<String>> all = new Holder<>();
        Holder<String> opened = new Holder<>();
        List<BigDecimal> sizes = new ArrayList<>();
        for (String size : items(given.get("sizes"))) {
            sizes.add(new BigDecimal(size));
        }
        echo.gather(
            token, given.get("password"), sizes, items(given.get("items")), all, opened);
        StringBuilder gathered = new StringBuilder();
        for (String item : all.value) {
            gathered.append(item).append(AFTER_ITEM);
        }
        return pair("all", gathered.toString()) + pair("opened", opened.value);
    }

    private static List<String> items(String text) {
        List<String> found = new ArrayList<>();
        for (int from = 0; text != null && from < text.length(); ) {
            int end = text.indexOf(AFTER_ITEM, from);
            found.add(text.substring(from, end));
            from = end + 1;
        }
        return found;
    }

    private static String fault(String code, String message) {
        return "fault" + pair("code", code) + pair("message", message);
    }

    private static String pair(String name, String value) {
        if (value == null) {
            return "";
        }
        return " " + name + "=" + HEX.formatHex(value.getBytes(StandardCharsets.UTF_8));
    }
}
