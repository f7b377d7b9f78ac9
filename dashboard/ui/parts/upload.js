// Hands the chosen file to the page: as base64, or without data where it is too large.
export default function ({ data, parentElement, setStateValue }) {
  const input = parentElement.querySelector("input");
  parentElement.querySelector("span").textContent = data.label;
  input.accept = data.accept;
  input.onchange = () => {
    const file = input.files[0];
    if (!file) setStateValue("file", null);
    else if (file.size > data.most) setStateValue("file", { name: file.name });
    else {
      const reader = new FileReader();
      reader.onload = () => setStateValue("file", { name: file.name, data: reader.result.split(",")[1] ?? "" });
      reader.readAsDataURL(file);
    }
  };
}
