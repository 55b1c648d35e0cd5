using System.Text;

namespace Appliance.Consoles;

/// <summary>The terminal that the program was started on; in a pipe, its lines.</summary>
internal sealed class SystemTerminal : ITerminal
{
    private const int LongestPassword = 256;

    public void Line(string text) => Console.Out.WriteLine(text);

    public string? Ask(string prompt)
    {
        Console.Out.Write(prompt);
        Console.Out.Flush();
        return Console.In.ReadLine();
    }

    public string? AskHidden(string prompt)
    {
        if (Console.IsInputRedirected) return Ask(prompt);
        Console.Out.Write(prompt);
        Console.Out.Flush();
        var typed = new StringBuilder();
        for (ConsoleKeyInfo key = Console.ReadKey(intercept: true); key.Key != ConsoleKey.Enter; key = Console.ReadKey(intercept: true))
        {
            if (key.Key == ConsoleKey.Backspace && typed.Length > 0) typed.Length--;
            else if (!char.IsControl(key.KeyChar) && typed.Length < LongestPassword) typed.Append(key.KeyChar);
        }

        Console.Out.WriteLine();
        return typed.ToString();
    }
}
