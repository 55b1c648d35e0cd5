using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Appliance.Verbs;

/// <summary><c>--help</c> as it comes, and below it command lines to copy: those of the verb, or the first of every verb.</summary>
internal sealed class HelpWithExamples(HelpAction help, IReadOnlyDictionary<string, string[]> examplesByVerb) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        int exitCode = help.Invoke(parseResult);
        TextWriter output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        bool isOfVerb = examplesByVerb.TryGetValue(parseResult.CommandResult.Command.Name, out string[]? ofVerb);
        IEnumerable<string> firsts = examplesByVerb.Values.Select(examples => examples[0]).Distinct(StringComparer.Ordinal);
        foreach (string example in isOfVerb ? ofVerb! : firsts)
            output.WriteLine($"  appliance {example}");
        return exitCode;
    }
}
