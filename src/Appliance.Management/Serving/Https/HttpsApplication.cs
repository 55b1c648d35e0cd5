using System.Net;
using Appliance.Engine;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Appliance.Management;

/// <summary>
/// Hands requests of those who know the token to <see cref="ControlRequests"/>, and tells what they changed. Others are told nothing but
/// that: 401, or 429 while they were wrong too often.
/// </summary>
/// <param name="requests">What the control socket answers, too.</param>
/// <param name="token">In force now.</param>
/// <param name="log">What the operator is told.</param>
/// <param name="now">The clock.</param>
internal sealed class HttpsApplication(ControlRequests requests, Func<AccessToken> token, IManagementLog log, Func<MonotonicTime> now)
    : IHttpApplication<HttpContext>
{
    private const string Scheme = "Bearer ";
    private const int LongestPath = 200;                                // characters in a line of the log

    private readonly FailureLimit _failures = new();

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public async Task ProcessRequestAsync(HttpContext context)
    {
        IPAddress source = context.Connection.RemoteIpAddress ?? IPAddress.None;
        if (source.IsIPv4MappedToIPv6) source = source.MapToIPv4();
        if (!_failures.MayTry(source, now()))
        {
            context.Response.Headers.RetryAfter = "1";
            Refuse(context, StatusCodes.Status429TooManyRequests);
            return;
        }

        string authorization = context.Request.Headers.Authorization.ToString();
        if (!authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) || !token().Is(authorization[Scheme.Length..].Trim()))
        {
            _failures.Fail(source, now());
            log.SayOften("https", $"https: {source} has {(authorization.Length == 0 ? "no" : "a wrong")} token");
            context.Response.Headers.WWWAuthenticate = "Bearer";
            Refuse(context, StatusCodes.Status401Unauthorized);
            return;
        }

        await requests.ServeAsync(context);
        if (!HttpMethods.IsGet(context.Request.Method)) log.Say($"https: {source}: {LineOf(context)}");
    }

    public void DisposeContext(HttpContext context, Exception? exception)
    {
    }

    /// <summary>Whoever is not known is not read further.</summary>
    private static void Refuse(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.Connection = "close";
        context.Response.ContentLength = 0;
    }

    /// <summary>As it was sent: escaped, so that no line of the log is somebody else's.</summary>
    private static string LineOf(HttpContext context)
    {
        string path = context.Request.Path.ToUriComponent() + context.Request.QueryString.ToUriComponent();
        if (path.Length > LongestPath) path = path[..LongestPath] + "…";
        return $"{context.Request.Method} {path}: {context.Response.StatusCode}";
    }
}
