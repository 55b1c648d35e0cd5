namespace Appliance.Tidy;

public enum SpanKind
{
    Code,                       // between backticks
    Command,                    // a line of a sh or console block
    Link,                       // the target of a link to a file
}
