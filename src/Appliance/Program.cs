using System.CommandLine;
using Appliance.Verbs;

namespace Appliance;

/// <summary>The command line: <c>appliance VERB</c>. Errors go to standard error, one line each.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        var root = new RootCommand("A packet-processing virtual network appliance.")
        {
            CheckVerb.Build(),
            ReplayVerb.Build(),
            TraceVerb.Build(),
        };
        ParseResult parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            foreach (string message in parsed.Errors.Select(error => error.Message).Distinct(StringComparer.Ordinal))
                Console.Error.WriteLine($"appliance: {message}");
            return ExitCode.Refused;
        }

        try
        {
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (RefusedException refused)
        {
            foreach (string line in refused.Lines)
                Console.Error.WriteLine(line);
            return ExitCode.Refused;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"appliance: {failure.Message}");
            return ExitCode.Failed;
        }
    }
}
