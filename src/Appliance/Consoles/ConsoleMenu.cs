using System.Collections.Immutable;
using System.Globalization;

namespace Appliance.Consoles;

/// <summary>
/// The menu at a console: a list, a number, what was chosen, and the list again. It needs nothing but lines of text, so that it works on
/// any screen and any serial line. It ends when there is no more input: whoever started it starts it anew.
/// </summary>
/// <param name="terminal">Where it is shown and answered.</param>
/// <param name="head">What stands above the list: how it is now.</param>
/// <param name="entries">The list, from 1.</param>
internal sealed class ConsoleMenu(ITerminal terminal, Action head, ImmutableArray<ConsoleEntry> entries)
{
    /// <summary>Until the input ends.</summary>
    public void Run()
    {
        do
        {
            Show();
        }
        while (TryStep());
    }

    private void Show()
    {
        terminal.Line("");
        head();
        terminal.Line("");
        int half = (entries.Length + 1) / 2, width = entries.Max(entry => entry.Name.Length);
        for (int i = 0; i < half; i++)
        {
            string right = i + half < entries.Length ? Number(i + half) : "";
            terminal.Line($"{Number(i).PadRight(width + 8)}{right}".TrimEnd());
        }

        terminal.Line("");
    }

    private string Number(int index) => string.Create(CultureInfo.InvariantCulture, $"  {index + 1,2})  {entries[index].Name}");

    private bool TryStep()
    {
        if (terminal.Ask("Number: ") is not { } answer) return false;
        string text = answer.Trim();
        if (text.Length == 0) return true;
        bool isNumber = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number);
        if (!isNumber || number < 1 || number > entries.Length)
        {
            terminal.Line($"There is no {text}: a number from 1 to {entries.Length}, then Enter.");
            return true;
        }

        terminal.Line("");
        entries[number - 1].Act();
        return terminal.Ask("Enter goes back to the menu. ") is not null;
    }
}
