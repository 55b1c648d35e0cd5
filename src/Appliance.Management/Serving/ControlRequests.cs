using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Appliance.Management;

/// <summary>
/// What the control socket answers. Paths begin with <c>/v1</c>; answers are JSON but for captures and table entries, which have formats of
/// their own; what is refused is a <see cref="ProblemDocument"/>: 400 and 404 the request is wrong, 409 it did not work, 422 the
/// configuration is wrong, 503 ask again.
/// <code>
///     GET  show/WHAT                        config/history
///     POST config/diff, config/apply[?confirmWithin=S]      a generation, as GenerationFormat writes it
///     POST config/confirm, config/rollback[?steps=N]
///     POST states/kill?source=…&amp;destination=…&amp;protocol=…&amp;port=…&amp;label=…&amp;rule=…&amp;id=…&amp;gateway=…&amp;table=… or
/// all=true
///     GET  tables/NAME      POST tables/NAME/add, delete, replace, test: entries, a line each; flush, zero
///     GET  carp/status      POST carp/demote?amount=N, carp/maintenance?state=on|off, carp/failover[?back=true]
///     GET  capture?port=P[&amp;filter=…][&amp;count=N]      pcapng, until whoever asked goes away
/// </code>
/// </summary>
internal sealed class ControlRequests(ControlDesk desk, ConfigurationChanges changes)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly StatesAnswer _states = new(desk);
    private readonly RoutesAnswer _routes = new(desk);
    private readonly TablesAnswer _tables = new(desk);
    private readonly CaptureAnswer _captures = new(desk);
    private readonly CarpAnswer _carp = new(desk);

    public async Task ServeAsync(HttpContext context)
    {
        try
        {
            await DispatchAsync(context);
        }
        catch (RequestRefusedException refused)
        {
            await RefuseAsync(context, refused.Status, refused.Message);
        }
        catch (Exception busy) when (busy is ControlBusyException or ControlEndedException)
        {
            await RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, busy.Message);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            await RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, "the control thread does not answer");
        }
        catch (OperationCanceledException)
        {
            context.Abort();
        }
        catch (BadHttpRequestException bad)
        {
            await RefuseAsync(context, bad.StatusCode, bad.Message);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            await RefuseAsync(context, StatusCodes.Status500InternalServerError, $"it failed: {failure.Message}");
        }
    }

    private Task DispatchAsync(HttpContext context)
    {
        string[] path = (context.Request.Path.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);
        return (context.Request.Method, path) switch
        {
            ("GET", ["v1", "show", ShowTopics.States]) => _states.WriteAsync(context),
            ("GET", ["v1", "show", ShowTopics.Routes]) => _routes.WriteAsync(context),
            ("GET", ["v1", "show", ShowTopics.Log]) => LogAnswer.WriteAsync(desk, context),
            ("GET", ["v1", "show", ShowTopics.Carp]) => _carp.ShowAsync(context),
            ("GET", ["v1", "show", ShowTopics.Sync]) => _carp.ShowSyncAsync(context),
            ("GET", ["v1", "carp", "status"]) => _carp.StatusAsync(context),
            ("POST", ["v1", "carp", string verb]) => _carp.ChangeAsync(context, verb),
            ("GET", ["v1", "show", string name]) => ShowAsync(context, name),
            ("GET", ["v1", "config", "history"]) => HistoryAsync(context),
            ("POST", ["v1", "config", string verb]) => ChangeAsync(context, verb),
            ("POST", ["v1", "states", "kill"]) => _states.KillAsync(context),
            ("GET", ["v1", "tables", string name]) => _tables.ShowAsync(context, name),
            ("POST", ["v1", "tables", string name, string verb]) => _tables.EditAsync(context, name, verb),
            ("GET", ["v1", "capture"]) => _captures.WriteAsync(context),
            _ => throw new RequestRefusedException(StatusCodes.Status404NotFound,
                $"{context.Request.Method} {context.Request.Path}: there is no such request"),
        };
    }

    private async Task ShowAsync(HttpContext context, string name)
    {
        ShowTopic topic = ShowTopics.Find(name) ?? throw new RequestRefusedException(
            StatusCodes.Status404NotFound, $"show {name}: expected one of {string.Join(", ", ShowTopics.Names)}");
        using CancellationTokenSource patience = PatienceFor(context);
        byte[] document = await topic.ReadAsync(desk, patience.Token);
        await WriteAsync(context, document);
    }

    private async Task HistoryAsync(HttpContext context) =>
        await WriteAsync(context, [.. await changes.HistoryAsync()], ManagementJson.Indented.HistoryDocumentArray);

    private async Task ChangeAsync(HttpContext context, string verb)
    {
        switch (verb)
        {
            case "diff":
                (ChangeOutcome outcome, DifferenceDocument? difference) = await changes.DiffAsync(await ReadBundleAsync(context));
                if (difference is null) await AnswerAsync(context, outcome);
                else await WriteAsync(context, difference, ManagementJson.Indented.DifferenceDocument);
                return;
            case "apply":
                int? seconds = NumberIn(context, "confirmWithin", 1, PendingConfirmation.MaximumSeconds);
                ConfigurationBundle bundle = await ReadBundleAsync(context);
                await AnswerAsync(context, await changes.ApplyAsync(bundle, $"apply of {bundle.Path}", seconds));
                return;
            case "confirm":
                await AnswerAsync(context, await changes.ConfirmAsync());
                return;
            case "rollback":
                await AnswerAsync(context, await changes.RollbackAsync(NumberIn(context, "steps", 1, GenerationStore.Kept) ?? 1));
                return;
            default:
                throw new RequestRefusedException(StatusCodes.Status404NotFound,
                    $"config {verb}: expected one of diff, apply, confirm, rollback, history");
        }
    }

    private static async Task<ConfigurationBundle> ReadBundleAsync(HttpContext context)
    {
        byte[] body = await ReadBodyAsync(context, GenerationFormat.MaximumBytes);
        return GenerationFormat.TryRead(body, out Generation generation, out string reason)
            ? generation.Bundle
            : throw new RequestRefusedException(StatusCodes.Status400BadRequest, $"what was sent cannot be used: {reason}");
    }

    private static Task AnswerAsync(HttpContext context, ChangeOutcome outcome)
    {
        if (outcome.Result == ChangeResult.Done)
        {
            return WriteAsync(
                context,
                new ChangeDocument(outcome.Generation, [.. outcome.Changes], [.. outcome.Lines], outcome.ConfirmWithinSeconds),
                ManagementJson.Indented.ChangeDocument);
        }

        int status = outcome.Result == ChangeResult.Refused ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status409Conflict;
        return RefuseAsync(context, status, [.. outcome.Lines]);
    }

    /// <summary>Ends when the asker goes away, or the control thread has not answered for long.</summary>
    internal static CancellationTokenSource PatienceFor(HttpContext context)
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        source.CancelAfter(Patience);
        return source;
    }

    internal static async Task<byte[]> ReadBodyAsync(HttpContext context, int mostBytes)
    {
        using var body = new MemoryStream();
        var part = new byte[64 << 10];
        int read;
        while ((read = await context.Request.Body.ReadAsync(part, context.RequestAborted)) > 0)
        {
            if (body.Length + read > mostBytes)
                throw new RequestRefusedException(StatusCodes.Status413PayloadTooLarge, $"at most {mostBytes} bytes are taken");
            body.Write(part, 0, read);
        }

        return body.ToArray();
    }

    /// <summary>Null: it is not given.</summary>
    internal static int? NumberIn(HttpContext context, string key, int least, int most)
    {
        string? text = context.Request.Query[key];
        if (text is null) return null;
        bool isNumber = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number);
        return isNumber && number >= least && number <= most ? number : throw new RequestRefusedException(
            StatusCodes.Status400BadRequest, $"{key} {text}: expected a number from {least} to {most}");
    }

    internal static Task WriteAsync<T>(HttpContext context, T document, JsonTypeInfo<T> type) =>
        WriteAsync(context, JsonSerializer.SerializeToUtf8Bytes(document, type));

    internal static Task WriteAsync(HttpContext context, byte[] document)
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = document.Length + 1;
        return context.Response.Body.WriteAsync((byte[])[.. document, (byte)'\n'], 0, document.Length + 1, context.RequestAborted);
    }

    private static async Task RefuseAsync(HttpContext context, int status, params string[] lines)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }

        context.Response.StatusCode = status;
        await WriteAsync(context, new ProblemDocument(lines), ManagementJson.Indented.ProblemDocument);
    }
}
