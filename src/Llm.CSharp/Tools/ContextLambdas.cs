// Tools of lambdas whose context the compiler sees: it is their first argument, so that a tool of another context does not compile.
namespace Llm;

public sealed partial class Tool
{
    /// <summary>
    /// A tool whose first argument is given by the program and never shown to the model. The compiler takes the context from a lambda's
    /// arguments; a named method, or one with defaults, says it: <see cref="CreateWithContext{TContext}(Delegate, string?, string?)"/>.
    /// </summary>
    /// <typeparam name="TContext">What the tool needs from the program, such as a database.</typeparam>
    /// <typeparam name="TResult">What it gives, or a task of it.</typeparam>
    /// <param name="method">What is run; its first argument is the context.</param>
    /// <param name="name">The name; that of the method where it is not given.</param>
    /// <param name="description">What it does, for the model; by attribute or XML comment where it is not given.</param>
    /// <exception cref="ArgumentException">A lambda is given without a name.</exception>
    /// <exception cref="NotSupportedException">The result has no form in JSON.</exception>
    /// <example><c>Tool.CreateWithContext((Library library, string isbn) => library.Find(isbn), "get_book")</c></example>
    public static Tool<TContext> CreateWithContext<TContext, TResult>(
        Func<TContext, TResult> method,
        string? name = null,
        string? description = null) =>
        CreateWithContext<TContext>((Delegate)method, name, description);

    /// <summary>As <see cref="CreateWithContext{TContext, TResult}(Func{TContext, TResult}, string?, string?)"/>.</summary>
    /// <typeparam name="TContext">What the tool needs from the program, such as a database.</typeparam>
    /// <typeparam name="T1">An argument.</typeparam>
    /// <typeparam name="TResult">What it gives, or a task of it.</typeparam>
    /// <param name="method">What is run; its first argument is the context.</param>
    /// <param name="name">The name; that of the method where it is not given.</param>
    /// <param name="description">What it does, for the model; by attribute or XML comment where it is not given.</param>
    /// <exception cref="ArgumentException">A lambda is given without a name.</exception>
    /// <exception cref="NotSupportedException">An argument or the result has no form in JSON.</exception>
    public static Tool<TContext> CreateWithContext<TContext, T1, TResult>(
        Func<TContext, T1, TResult> method,
        string? name = null,
        string? description = null) =>
        CreateWithContext<TContext>((Delegate)method, name, description);

    /// <summary>As <see cref="CreateWithContext{TContext, TResult}(Func{TContext, TResult}, string?, string?)"/>.</summary>
    /// <typeparam name="TContext">What the tool needs from the program, such as a database.</typeparam>
    /// <typeparam name="T1">An argument.</typeparam>
    /// <typeparam name="T2">An argument.</typeparam>
    /// <typeparam name="TResult">What it gives, or a task of it.</typeparam>
    /// <param name="method">What is run; its first argument is the context.</param>
    /// <param name="name">The name; that of the method where it is not given.</param>
    /// <param name="description">What it does, for the model; by attribute or XML comment where it is not given.</param>
    /// <exception cref="ArgumentException">A lambda is given without a name.</exception>
    /// <exception cref="NotSupportedException">An argument or the result has no form in JSON.</exception>
    public static Tool<TContext> CreateWithContext<TContext, T1, T2, TResult>(
        Func<TContext, T1, T2, TResult> method,
        string? name = null,
        string? description = null) =>
        CreateWithContext<TContext>((Delegate)method, name, description);

    /// <summary>As <see cref="CreateWithContext{TContext, TResult}(Func{TContext, TResult}, string?, string?)"/>.</summary>
    /// <typeparam name="TContext">What the tool needs from the program, such as a database.</typeparam>
    /// <typeparam name="T1">An argument.</typeparam>
    /// <typeparam name="T2">An argument.</typeparam>
    /// <typeparam name="T3">An argument.</typeparam>
    /// <typeparam name="TResult">What it gives, or a task of it.</typeparam>
    /// <param name="method">What is run; its first argument is the context.</param>
    /// <param name="name">The name; that of the method where it is not given.</param>
    /// <param name="description">What it does, for the model; by attribute or XML comment where it is not given.</param>
    /// <exception cref="ArgumentException">A lambda is given without a name.</exception>
    /// <exception cref="NotSupportedException">An argument or the result has no form in JSON.</exception>
    public static Tool<TContext> CreateWithContext<TContext, T1, T2, T3, TResult>(
        Func<TContext, T1, T2, T3, TResult> method,
        string? name = null,
        string? description = null) =>
        CreateWithContext<TContext>((Delegate)method, name, description);

    /// <summary>As <see cref="CreateWithContext{TContext, TResult}(Func{TContext, TResult}, string?, string?)"/>.</summary>
    /// <typeparam name="TContext">What the tool needs from the program, such as a database.</typeparam>
    /// <typeparam name="T1">An argument.</typeparam>
    /// <typeparam name="T2">An argument.</typeparam>
    /// <typeparam name="T3">An argument.</typeparam>
    /// <typeparam name="T4">An argument.</typeparam>
    /// <typeparam name="TResult">What it gives, or a task of it.</typeparam>
    /// <param name="method">What is run; its first argument is the context.</param>
    /// <param name="name">The name; that of the method where it is not given.</param>
    /// <param name="description">What it does, for the model; by attribute or XML comment where it is not given.</param>
    /// <exception cref="ArgumentException">A lambda is given without a name.</exception>
    /// <exception cref="NotSupportedException">An argument or the result has no form in JSON.</exception>
    public static Tool<TContext> CreateWithContext<TContext, T1, T2, T3, T4, TResult>(
        Func<TContext, T1, T2, T3, T4, TResult> method,
        string? name = null,
        string? description = null) =>
        CreateWithContext<TContext>((Delegate)method, name, description);
}
