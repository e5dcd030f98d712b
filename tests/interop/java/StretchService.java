import java.io.FileWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.jws.WebMethod;
import javax.jws.WebParam;
import javax.jws.WebService;
import javax.xml.bind.annotation.XmlElement;
import javax.xml.bind.annotation.XmlRootElement;
import javax.xml.bind.annotation.XmlType;
import javax.xml.ws.Endpoint;
import javax.xml.ws.Holder;
import javax.xml.ws.RequestWrapper;
import javax.xml.ws.ResponseWrapper;

/**
 * An asynchronous service as somebody in the field writes it on JAX-WS: it stretches a text in its
 * own time. The classes around the arguments are those that wsgen would make.
 */
@WebService(name = "Stretch", serviceName = "Stretch", targetNamespace = StretchService.HOME)
public class StretchService {
    static final String HOME = "http://stretch.example/";
    private static final long LASTS = 1000;
    private final Map<String, Long> begun = new ConcurrentHashMap<>();
    private final Map<String, String> given = new ConcurrentHashMap<>();
    private final String ledger;

    StretchService(String ledger) {
        this.ledger = ledger;
    }

    /** What a start call holds. */
    @XmlRootElement(name = "startStretch", namespace = HOME)
    @XmlType(name = "startStretch", namespace = HOME, propOrder = {"serviceID", "sessionToken", "text"})
    public static class Start {
        @XmlElement public String serviceID;
        @XmlElement public String sessionToken;
        @XmlElement public String text;
    }

    /** What a poll holds. */
    @XmlRootElement(name = "getServiceStatus", namespace = HOME)
    @XmlType(name = "getServiceStatus", namespace = HOME, propOrder = {"serviceID", "sessionToken"})
    public static class Poll {
        @XmlElement public String serviceID;
        @XmlElement public String sessionToken;
    }

    /** The answer to a start call. */
    @XmlRootElement(name = "startStretchResponse", namespace = HOME)
    @XmlType(name = "startStretchResponse", namespace = HOME, propOrder = {"status_base64", "stretched"})
    public static class Started {
        @XmlElement public String status_base64;
        @XmlElement public String stretched;
    }

    /** The answer to a poll. */
    @XmlRootElement(name = "getServiceStatusResponse", namespace = HOME)
    @XmlType(name = "getServiceStatusResponse", namespace = HOME, propOrder = {"status_base64", "stretched"})
    public static class Polled {
        @XmlElement public String status_base64;
        @XmlElement public String stretched;
    }

    @WebMethod
    @RequestWrapper(localName = "startStretch", className = "StretchService$Start")
    @ResponseWrapper(localName = "startStretchResponse", className = "StretchService$Started")
    public void startStretch(
            @WebParam(name = "serviceID") String serviceID,
            @WebParam(name = "sessionToken") String sessionToken,
            @WebParam(name = "text") String text,
            @WebParam(name = "status_base64", mode = WebParam.Mode.OUT) Holder<String> status,
            @WebParam(name = "stretched", mode = WebParam.Mode.OUT) Holder<String> stretched) {
        begun.put(serviceID, System.currentTimeMillis());
        given.put(serviceID, text);
        try (FileWriter writer = new FileWriter(ledger, true)) {
            writer.write(serviceID + "\n");
        } catch (IOException error) {
            throw new RuntimeException(error);
        }
        status.value = page("0");
        stretched.value = "UNSET";
    }

    @WebMethod
    @RequestWrapper(localName = "getServiceStatus", className = "StretchService$Poll")
    @ResponseWrapper(localName = "getServiceStatusResponse", className = "StretchService$Polled")
    public void getServiceStatus(
            @WebParam(name = "serviceID") String serviceID,
            @WebParam(name = "sessionToken") String sessionToken,
            @WebParam(name = "status_base64", mode = WebParam.Mode.OUT) Holder<String> status,
            @WebParam(name = "stretched", mode = WebParam.Mode.OUT) Holder<String> stretched) {
        long lasted = System.currentTimeMillis() - begun.get(serviceID);
        stretched.value = lasted < LASTS ? "UNSET" : String.join(" ", given.get(serviceID).split(""));
        status.value = lasted < LASTS ? page(String.valueOf(100 * lasted / LASTS)) : "COMPLETED";
    }

    private static String page(String percent) {
        String html = "<html><body><h1>Stretching</h1><p>" + percent + "%</p></body></html>";
        return Base64.getEncoder().encodeToString(html.getBytes(StandardCharsets.UTF_8));
    }

    /** Serve until standard input ends. */
    public static void main(String[] arguments) throws IOException {
        Endpoint.publish(arguments[0], new StretchService(arguments[1]));
        System.out.println("listening");
        while (System.in.read() >= 0) { }
        System.exit(0);
    }
}
