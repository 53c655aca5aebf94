(() => {
  const enter = () => {
    const said = new URLSearchParams(location.hash.slice(1).replaceAll("+", "%2B"));
    if (!said.has("jwt") && !said.has("authCode")) return;
    history.replaceState(history.state, "", location.pathname + location.search);
    const root = document.documentElement;
    const start = document.getElementById("start");
    said.set("visitor", (start && JSON.parse(start.textContent).visitor) ?? "");
    const form = document.createElement("form");
    form.method = "post";
    form.action = PATH;
    for (const name of ["jwt", "externalId", "authCode", "visitor"]) {
      if (!said.has(name)) continue;
      const field = form.appendChild(document.createElement("input"));
      field.name = name;
      field.value = said.get(name);
    }
    root.hidden = true;
    setTimeout(() => { root.hidden = false; }, 8000);
    root.appendChild(form).submit();
    form.remove();
  };
  enter();
  addEventListener("hashchange", enter);
})();
